#include "actors/profile/core/contact.hpp"

#include <algorithm>
#include <string>

#include "actors/profile/core/evidence.hpp"

namespace jobraker {
namespace {

bool is_alnum(char raw) {
  auto c = static_cast<unsigned char>(raw);
  return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

struct Sign {
  std::string_view sign, codes;
};
constexpr Sign signs[] = {{"$", "USD CAD AUD NZD SGD HKD MXN"},
                          {"\xE2\x82\xAC", "EUR"},
                          {"\xC2\xA3", "GBP"},
                          {"\xC2\xA5", "JPY CNY"},
                          {"\xE2\x82\xB9", "INR"},
                          {"rs", "INR PKR"},
                          {"lpa", "INR"},
                          {"lakh", "INR"},
                          {"z\xC5\x82", "PLN"},
                          {"kr", "SEK NOK DKK"},
                          {"euro", "EUR"},
                          {"dollar", "USD CAD AUD NZD"},
                          {"pound", "GBP"},
                          {"fr.", "CHF"},
                          {"r$", "BRL"}};

}  // namespace

bool is_email(std::string_view text) {
  auto at = text.find('@');
  if (text.size() > 254 || at == 0 || at == std::string_view::npos || at > 64 ||
      text.find('@', at + 1) != std::string_view::npos)
    return false;
  auto local = text.substr(0, at), domain = text.substr(at + 1);
  constexpr std::string_view allowed = ".!#$%&'*+/=?^_`{|}~-";
  for (std::size_t i = 0; i < local.size(); ++i)
    if (!is_alnum(local[i]) && allowed.find(local[i]) == std::string_view::npos)
      return false;
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
    return false;
  bool dot = false;
  std::size_t label = 0;
  for (std::size_t i = 0; i < domain.size(); ++i) {
    if (domain[i] == '.') {
      if (label == 0 || domain[i - 1] == '-')
        return false;
      dot = true;
      label = 0;
    } else if (!is_alnum(domain[i]) && (domain[i] != '-' || label == 0)) {
      return false;
    } else if (++label > 63) {
      return false;
    }
  }
  return dot && label >= 2 && domain.back() != '-';
}

bool is_phone(std::string_view text) {
  auto digits =
    std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits < 7 || digits > 15)
    return false;
  auto rest = text.substr(0, text.find_first_of("eExX"));
  return rest.find_first_not_of("0123456789 +-./()\t") == std::string_view::npos ||
         text.starts_with("tel:");
}

bool is_currency(std::string_view text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool names_currency(std::string_view text, std::string_view code) {
  auto plain = fold(text);
  if (plain.find(fold(code)) != std::string::npos)
    return true;
  return std::any_of(std::begin(signs), std::end(signs), [&](const Sign& s) {
    return plain.find(s.sign) != std::string::npos && s.codes.find(code) != std::string_view::npos;
  });
}

}  // namespace jobraker
