#pragma once

#include <string>
#include <string_view>

#include <rapidcheck.h>

#include "messages/json.hpp"

namespace jobraker::ctl {

/// What a terminal could obey: control characters (ASCII's, U+0080 to U+009F) and marks that change
/// the direction of writing. Looks at bytes, not at what the program under test thinks of them.
inline bool obeyed(std::string_view text, bool colours = false) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    auto third = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0U;
    if (colours && byte == 0x1B) {
      auto end = text.find('m', i);
      if (next != '[' || end == std::string_view::npos ||
          text.substr(i + 2, end - i - 2).find_first_not_of("0123456789;") !=
            std::string_view::npos)
        return true;
      i = end;
      continue;
    }
    if ((byte < 0x20 && byte != '\n') || byte == 0x7F)
      return true;
    if (byte == 0xC2 && next >= 0x80 && next <= 0x9F)
      return true;
    // U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
    if (byte == 0xE2 && next == 0x80 &&
        (third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE)))
      return true;
    if (byte == 0xE2 && next == 0x81 && third >= 0xA6 && third <= 0xA9)
      return true;
  }
  return false;
}

/// Whether `text` is UTF-8: what JSON's parser says of it as a string.
inline bool is_utf8(std::string_view text) {
  std::string escaped;
  for (char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\')
      escaped += c;
  return json::Document::parse("\"" + escaped + "\"").has_value();
}

/// Any bytes but NUL, which our JSON does not know, with those that terminals obey more often than
/// chance would have them.
inline rc::Gen<std::string> wild_text() {
  return rc::gen::map(
    rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
      rc::gen::element<std::string>("\x1b[2J", "\x1b]0;owned\x07",
                                    "\xC2\x9B"
                                    "31m",
                                    "\r", "\n", "\t", "\xE2\x80\xAE", "\xE2\x81\xA6", "\x7f", "\b",
                                    "日本語", "é", "e\xCC\x81", "👩‍🚀", "plain", " "),
      rc::gen::map(rc::gen::arbitrary<char>(),
                   [](char c) { return std::string(1, c == '\0' ? '\x01' : c); }))),
    [](const std::vector<std::string>& parts) {
      std::string all;
      for (const auto& part : parts)
        all += part;
      return all;
    });
}

}  // namespace jobraker::ctl
