#include "config/masked.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace jobraker::config_detail {
namespace {

constexpr std::string_view mask = "***";
/// Ends of names whose values are secrets: `sslpassword`, `api_key`, `access_token`.
constexpr std::string_view secret_names[] = {"password", "passwd", "pwd",    "secret",
                                             "token",    "apikey", "api_key"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Where the value that begins at `at` ends. An address separates with `&`; a connection string
/// with blanks, and it knows quotes and backslashes (PostgreSQL manual, 34.1.1.1).
std::size_t value_end(std::string_view text, std::size_t at, bool address) {
  if (address)
    return std::min(text.find('&', at), text.size());
  const bool quoted = at < text.size() && text[at] == '\'';
  for (auto i = quoted ? at + 1 : at; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (quoted ? text[i] == '\'' : is_space(text[i]))
      return quoted ? i + 1 : i;
  }
  return text.size();
}

/// Hides what follows `name` and an equals sign, wherever it stands.
void hide_values(std::string& text, std::string_view name, bool address) {
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (auto from = std::size_t{0};;) {
    auto at = lower.find(name, from);
    if (at == std::string::npos)
      return;
    from = at + name.size();
    auto value = from;
    while (value < text.size() && is_space(text[value]))
      ++value;
    if (value == text.size() || text[value] != '=')
      continue;
    ++value;
    while (!address && value < text.size() && is_space(text[value]))
      ++value;
    auto end = value_end(text, value, address);
    text.replace(value, end - value, mask);
    lower.replace(value, end - value, mask);
    from = value + mask.size();
  }
}

}  // namespace

std::string without_passwords(std::string text) {
  const auto scheme = text.find("://");
  const bool address = scheme != std::string::npos;
  if (address) {
    auto at = text.rfind('@');
    auto colon = text.find(':', scheme + 3);
    if (at != std::string::npos && colon != std::string::npos && colon < at)
      text.replace(colon + 1, at - colon - 1, mask);
  }
  for (auto name : secret_names)
    hide_values(text, name, address);
  return text;
}

}  // namespace jobraker::config_detail
