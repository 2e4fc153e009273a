#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Small tools on UTF-8 text that the other files of this folder share.
namespace jobraker::text {

/// Without white space (ASCII) at both ends.
std::string_view trim(std::string_view s);
/// ASCII letters in lower case, everything else as it was.
std::string lower(std::string_view s);
/// Equal but for the case of ASCII letters.
bool iequals(std::string_view a, std::string_view b);
/// Position of `needle` (lower case) in `lowered` with no letter or digit on either side, or npos.
std::size_t find_word(std::string_view lowered, std::string_view needle, std::size_t from = 0);
/// `find_word` finds it.
bool has_word(std::string_view lowered, std::string_view needle);
/// Parts between any of `separators`, trimmed, empty ones kept.
std::vector<std::string> split(std::string_view s, std::string_view separators);
std::string replace_all(std::string s, std::string_view from, std::string_view to);
/// Valid UTF-8 in NFC: broken bytes become U+FFFD, forbidden and zero-width characters are dropped,
/// every kind of space becomes ' ' (line ends stay).
std::string sanitise(std::string_view s);
/// Case folded, without accents and punctuation, words joined by one space: for comparison only.
/// `+` and `#` stay, so that C, C++ and C# differ.
std::string key(std::string_view s);
/// At most `limit` bytes, not cutting a character.
std::string_view cut(std::string_view s, std::size_t limit);
/// Every run of white space as one space, trimmed.
std::string one_line(std::string_view s);
bool valid_utf8(std::string_view s);
/// RFC 3986 percent-encoding of everything but unreserved characters.
std::string percent_encode(std::string_view s);
/// Appends the UTF-8 form of a code point; nothing for surrogates and beyond U+10FFFF.
void append_utf8(std::string& out, char32_t c);

}  // namespace jobraker::text
