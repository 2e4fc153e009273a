#pragma once

#include <cstddef>
#include <string_view>

namespace jobraker::llm {

/// One code point read from the front of a text.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  ///< bytes it took; 1 for a byte that is not UTF-8
  bool valid = false;
};

/// Reads strictly (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). `text` is
/// not empty.
inline CodePoint read_code_point(std::string_view text) noexcept {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto first = byte(0);
  if (first < 0x80)
    return {first, 1, true};
  std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length)
    return {0, 1, false};
  char32_t value = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80)
      return {0, 1, false};
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return {0, 1, false};
  return {value, length, true};
}

}  // namespace jobraker::llm
