#pragma once

#include <string_view>

namespace jobraker::net {

/// ASCII case-insensitive equality, as header names and tokens compare (RFC 9110 §5.1).
bool same_token(std::string_view a, std::string_view b) noexcept;

/// `text` without spaces and tabs at its ends (RFC 9110 §5.6.3, OWS).
std::string_view trimmed(std::string_view text) noexcept;

/// Whether the bytes are UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool is_utf8(std::string_view text) noexcept;

/// A character of a token (RFC 9110 §5.6.2).
bool is_token_char(char c) noexcept;

constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Value of a hexadecimal digit of either case, or -1.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace jobraker::net
