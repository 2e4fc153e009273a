#pragma once

#include <string>
#include <string_view>

namespace jobraker {

/// Longest clean text that is kept of one posting, in bytes.
inline constexpr std::size_t posting_text_max = 50'000;

/// Readable text of HTML, of HTML escaped once or twice, or of plain text (when `is_html` is false
/// and it holds no markup): blocks become lines, list items `- ` lines, table cells are parted by
/// ` | `, links keep their text; scripts, styles, buttons and comments go. UTF-8 in NFC, control
/// and zero-width characters dropped, spaces and blank lines collapsed, cut at `limit` bytes on a
/// character's edge. Never fails: markup nested absurdly deep is stripped tag by tag.
std::string html_to_text(std::string_view html, bool is_html = true,
                         std::size_t limit = posting_text_max);

/// One line of text of a title or name that may hold markup and entities.
std::string html_to_line(std::string_view html, std::size_t limit = 300);

/// Replaces entities (`&amp;`, `&#39;`, `&nbsp;` …) once.
std::string unescape_html(std::string_view text);

}  // namespace jobraker
