#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text for a terminal: how wide it is, and how it is made harmless.
namespace jobraker::ctl {

/// No limit to how wide a line may be.
inline constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

/// `text` as one line that a terminal only shows and never obeys. Line feeds and tabs become
/// blanks. Control characters, directional marks and everything else without a shape become
/// `\x1b`, `\u202e` and the like; bytes that are not UTF-8 become U+FFFD. Of a row of combining
/// marks four are kept.
std::string clean(std::string_view text);

/// How many columns `text` takes; it should be clean.
std::size_t width(std::string_view text);

/// Where something too long loses characters.
enum class Cut : unsigned char { end, middle };

/// `text` in at most `columns` columns, with `…` where something is missing.
std::string fit(std::string_view text, std::size_t columns, Cut cut = Cut::end);

/// `text` followed, or preceded, by blanks up to `columns`.
std::string pad_right(std::string text, std::size_t columns);
std::string pad_left(std::string text, std::size_t columns);

/// Clean `text` in lines of at most `columns`, broken at blanks where there are some; every line
/// but the first begins with `indent` blanks.
std::string wrap(std::string_view text, std::size_t columns, std::size_t indent = 0);

/// JSON text with the control characters that JSON allows in strings (U+007F to U+009F) and
/// directional marks escaped: the same value, harmless on a terminal.
std::string harmless_json(std::string_view json);

}  // namespace jobraker::ctl
