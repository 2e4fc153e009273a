#pragma once

#include <string>
#include <string_view>

#include "messages/json.hpp"
#include "tools/ctl/table.hpp"

namespace jobraker::ctl {

/// What is shown of an answer, put together from top to bottom. Everything that is handed in is
/// made harmless and fits the terminal.
class Page {
public:
  explicit Page(Look look) : look_(look) {}
  const Look& look() const noexcept { return look_; }

  /// A title, with an empty line before it unless it is the first.
  Page& heading(std::string_view text);
  /// One line, cut where it is too long.
  Page& line(std::string_view text, Style style = Style::plain);
  /// Text of any length, wrapped.
  Page& text(std::string_view text, std::size_t indent = 0);
  /// `name  value`, the name in a column of its own.
  Page& field(std::string_view name, const Cell& value);
  /// The table; `nothing` when it has no rows.
  Page& table(const Table& table, std::string_view nothing);

  const std::string& shown() const noexcept { return out_; }

private:
  Look look_;
  std::string out_{};
};

/// Values of an answer as cells. What is not there, or null, is `–`; what has another type than
/// expected is shown as it is.
Cell any(json::View value);
Cell number(json::View value);   ///< an integer
Cell figure(json::View value);   ///< any number
Cell micros(json::View value);   ///< a duration in microseconds
Cell millis(json::View value);   ///< … in milliseconds
Cell seconds(json::View value);  ///< … in seconds
Cell memory(json::View value);   ///< bytes
Cell dollars(json::View value);
Cell when(json::View value);  ///< a moment
Cell since(json::View value, const Look& look);
Cell yes(json::View value, Style style = Style::warn);  ///< `yes` or nothing
/// A count that is only worth a look when it is not 0.
Cell bad_number(json::View value, Style style = Style::bad);
/// A state of anything, in the colour it deserves.
Cell state(json::View value);

/// Says that there is more, and how to see it.
void say_more(json::View answer, Page& page, std::string_view option = "--cursor");

}  // namespace jobraker::ctl
