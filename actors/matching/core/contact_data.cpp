#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include <utf8proc.h>

#include "actors/matching/core/geography.hpp"
#include "actors/matching/core/profile_text.hpp"

namespace jobraker::matching {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Letters, digits and every byte of a character outside ASCII.
bool is_word(char c) {
  auto u = static_cast<unsigned char>(c);
  return u >= 0x80 || is_digit(c) || (u | 32) - 'a' < 26u;
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_at(std::string_view text, std::size_t at, std::string_view name) {
  if (text.size() - at < name.size())
    return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (lower(text[at + i]) != lower(name[i]))
      return false;
  return true;
}

/// Replaces `name` where it stands as whole words, in any (ASCII) case.
std::string without_name(std::string_view text, std::string_view name,
                         std::string_view placeholder) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    bool starts = at == 0 || !is_word(text[at - 1]) || !is_word(name.front());
    auto end = at + name.size();
    if (starts && same_at(text, at, name) &&
        (end == text.size() || !is_word(text[end]) || !is_word(name.back()))) {
      out += placeholder;
      at = end;
    } else {
      out += text[at++];
    }
  }
  return out;
}

bool in_address(char c) {
  return is_word(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-' || c == '\'';
}

std::string without_emails(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '@') {
      out += text[at];
      continue;
    }
    auto local = out.size();
    while (local > 0 && in_address(out[local - 1]))
      --local;
    auto end = at + 1;
    while (end < text.size() && in_address(text[end]))
      ++end;
    auto domain = text.substr(at + 1, end - at - 1);
    if (local == out.size() || domain.find('.') == std::string_view::npos) {
      out += '@';
      continue;
    }
    out.resize(local);
    out += "[email]";
    at = end - 1;
    if (domain.back() == '.')
      out += '.';
  }
  return out;
}

std::string without_urls(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::string_view rest = text.substr(at);
    bool starts = at == 0 || !is_word(text[at - 1]);
    bool url = starts && (same_at(text, at, "http://") || same_at(text, at, "https://") ||
                          same_at(text, at, "www.") || same_at(text, at, "linkedin.com/") ||
                          same_at(text, at, "github.com/") || same_at(text, at, "xing.com/"));
    if (!url) {
      out += text[at++];
      continue;
    }
    out += "[link]";
    at += std::min(rest.size(), rest.find_first_of(" \n\t,;)>]\"") == std::string_view::npos
                                  ? rest.size()
                                  : rest.find_first_of(" \n\t,;)>]\""));
  }
  return out;
}

/// Whether digits and their separators are a telephone number rather than years, dates or amounts.
bool is_phone(std::string_view run, std::size_t digits) {
  if (digits < 7 || digits > 15)
    return false;
  if (run.front() == '+' || run.starts_with("00") || run.front() == '(')
    return true;
  // "2015 - 2019" and "01.02.2015 - 03.2019" are periods; "1,000,000" does not get here.
  std::size_t years = 0;
  for (std::size_t i = 0; i + 4 <= run.size(); ++i)
    if ((run.substr(i, 2) == "19" || run.substr(i, 2) == "20") && is_digit(run[i + 2]) &&
        is_digit(run[i + 3]) && (i == 0 || !is_digit(run[i - 1])) &&
        (i + 4 == run.size() || !is_digit(run[i + 4])))
      ++years;
  if (years > 0)
    return false;
  return run.front() == '0' || (digits >= 9 && run.find_first_of(" -./") != std::string_view::npos);
}

std::string without_phones(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    bool starts =
      (at == 0 || !is_word(text[at - 1])) && (is_digit(text[at]) || text[at] == '+' ||
                                              (text[at] == '(' && at + 1 < text.size() &&
                                               (is_digit(text[at + 1]) || text[at + 1] == '+')));
    if (!starts) {
      out += text[at++];
      continue;
    }
    std::size_t end = at;
    std::size_t last = at;
    std::size_t digits = 0;
    for (; end < text.size(); ++end) {
      if (is_digit(text[end])) {
        ++digits;
        last = end + 1;
      } else if (std::string_view{" -./()+"}.find(text[end]) == std::string_view::npos ||
                 (text[end] == '+' && end != at && text[end - 1] != '(') || end > last + 2) {
        break;
      }
    }
    if (digits > 0 && is_phone(text.substr(at, last - at), digits) &&
        (last == text.size() || !is_word(text[last]))) {
      out += "[phone]";
      at = last;
    } else {
      auto stop = std::max(last, at + 1);
      out.append(text.substr(at, stop - at));
      at = stop;
    }
  }
  return out;
}

std::string digits_of(std::string_view text) {
  std::string out;
  for (char c : text)
    if (is_digit(c))
      out += c;
  return out;
}

/// The person's own number wherever its digits stand in a row, whatever separates them.
std::string without_own_phone(std::string_view text, std::string_view phone) {
  auto wanted = digits_of(phone);
  if (wanted.size() < 6)
    return std::string{text};
  // Abroad and at home it starts differently: the last nine digits tell.
  if (wanted.size() > 9)
    wanted = wanted.substr(wanted.size() - 9);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    std::size_t found = 0;
    for (; end < text.size() && found < wanted.size(); ++end) {
      if (text[end] == wanted[found])
        ++found;
      else if (found == 0 || std::string_view{" -./()"}.find(text[end]) == std::string_view::npos)
        break;
    }
    if (found == wanted.size() && (end == text.size() || !is_digit(text[end]))) {
      while (!out.empty() &&
             std::string_view{"+0123456789()/. -"}.find(out.back()) != std::string_view::npos)
        out.pop_back();
      out += out.empty() ? "[phone]" : " [phone]";
      at = end;
    } else {
      out += text[at++];
    }
  }
  return out;
}

/// A name as it is, in capitals, in small letters and without accents: `Müller`, `MÜLLER`,
/// `Muller`.
std::vector<std::string> spellings(std::string_view name) {
  std::vector<std::string> out{std::string{name}, fold_words(name)};
  for (auto* change : {&utf8proc_toupper, &utf8proc_tolower}) {
    std::string changed;
    for (std::size_t at = 0; at < name.size();) {
      utf8proc_int32_t c = 0;
      auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(name.data()) + at,
                                   static_cast<utf8proc_ssize_t>(name.size() - at), &c);
      if (size <= 0)
        break;
      utf8proc_uint8_t bytes[4];
      auto length = utf8proc_encode_char(change(c), bytes);
      changed.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
      at += static_cast<std::size_t>(size);
    }
    out.push_back(std::move(changed));
  }
  std::erase_if(out, [](const std::string& spelling) { return spelling.size() < 3; });
  return out;
}

template <class Visit>
void each_piece(std::string_view text, std::string_view separators, const Visit& visit) {
  while (!text.empty()) {
    auto end = text.find_first_of(separators);
    auto piece = text.substr(0, end);
    while (!piece.empty() && piece.front() == ' ')
      piece.remove_prefix(1);
    while (!piece.empty() && piece.back() == ' ')
      piece.remove_suffix(1);
    if (!piece.empty())
      visit(piece);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

}  // namespace

std::string without_contact(std::string_view text, const PersonalInfo& person) {
  std::string out{text};
  if (person.email && !person.email->empty())
    out = without_name(out, *person.email, "[email]");
  if (person.location && person.location->find_first_of("0123456789") != std::string::npos) {
    // A place with numbers in it is an address; the town alone may stay.
    out = without_name(out, *person.location, "[address]");
    each_piece(*person.location, ",\n;", [&](std::string_view piece) {
      if (piece.find_first_of("0123456789") != std::string_view::npos && piece.size() > 3)
        out = without_name(out, piece, "[address]");
    });
  }
  out = without_urls(without_emails(out));
  if (person.phone)
    out = without_own_phone(out, *person.phone);
  out = without_phones(out);
  if (person.full_name && !person.full_name->empty()) {
    out = without_name(out, *person.full_name, "[name]");
    each_piece(*person.full_name, " ,.-\t", [&](std::string_view piece) {
      if (piece.size() >= 3)
        for (const auto& spelling : spellings(piece))
          out = without_name(out, spelling, "[name]");
    });
  }
  return out;
}

}  // namespace jobraker::matching
