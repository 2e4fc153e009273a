#include <array>

#include "tools/doctext/extract.hpp"

namespace jobraker::doctext {
namespace {

/// Windows-1252, bytes 0x80 to 0x9F (https://encoding.spec.whatwg.org/index-windows-1252.txt).
constexpr std::array<char32_t, 32> windows_1252 = {
  0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
  0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
  0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i]);
    std::size_t length = c < 0x80                ? 1
                         : c >= 0xC2 && c < 0xE0 ? 2
                         : c >= 0xE0 && c < 0xF0 ? 3
                         : c >= 0xF0 && c < 0xF5 ? 4
                                                 : 0;
    if (length == 0 || i + length > text.size())
      return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80)
        return false;
    i += length;
  }
  return true;
}

std::string from_utf16(std::string_view bytes, bool big) {
  std::string out;
  auto unit = [&](std::size_t i) {
    auto a = static_cast<unsigned char>(bytes[i]), b = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big ? a << 8 | b : b << 8 | a);
  };
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    auto c = unit(i);
    if (c >= 0xD800 && c < 0xDC00 && i + 3 < bytes.size()) {
      auto low = unit(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    append_utf8(out, c);
  }
  return out;
}

}  // namespace

Extracted plain_text(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF"))
    bytes.remove_prefix(3);
  if (bytes.starts_with("\xFF\xFE"))
    return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with("\xFE\xFF"))
    return from_utf16(bytes.substr(2), true);
  std::size_t zero[2] = {0, 0}, control = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto c = static_cast<unsigned char>(bytes[i]);
    if (c == 0)
      ++zero[i % 2];
    else if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v' && c != 0x1B)
      ++control;
  }
  // UTF-16 without a mark: Latin text has a zero in every other byte.
  auto half = bytes.size() / 2;
  if (bytes.size() >= 4 && zero[1] > half * 2 / 5 && zero[0] <= half / 20)
    return from_utf16(bytes, false);
  if (bytes.size() >= 4 && zero[0] > half * 2 / 5 && zero[1] <= half / 20)
    return from_utf16(bytes, true);
  if ((control + zero[0] + zero[1]) * 20 > bytes.size())
    return tl::unexpected(Exit::malformed);
  if (is_utf8(bytes))
    return std::string{bytes};
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (char raw : bytes) {
    auto c = static_cast<unsigned char>(raw);
    append_utf8(out, c >= 0x80 && c < 0xA0 ? windows_1252[c - 0x80] : c);
  }
  return out;
}

void append_utf8(std::string& out, char32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
    c = 0xFFFD;
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0 | c >> 6));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | c >> 12));
    out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | c >> 18));
    out.push_back(static_cast<char>(0x80 | (c >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

bool is_blank(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
      return false;
    // Outside ASCII all but signs and spaces (U+0080–00BF, U+2000–2FFF, U+F000–FFFF) are letters.
    if (c >= 0xC3 && c != 0xE2 && c != 0xEF)
      return false;
  }
  return true;
}

}  // namespace jobraker::doctext
