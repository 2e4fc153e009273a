#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/time.hpp"

namespace jobraker::operation {

/// One line of the log before it is written.
struct LogLine {
  Time at{};
  std::string_view level{};
  std::string_view logger{};
  std::size_t thread = 0;
  std::string_view text{};  ///< `event=batch.done total=12 why="it is over"`
  std::string trace{};      ///< W3C trace id, hexadecimal; empty: none
  std::string actor{};      ///< for which actor, its path; empty: none
  std::string principal{};  ///< for which person, their id; empty: for none
};

/// A line's text taken apart: names and values in order. A word without `=` at the beginning is the
/// event. A quoted value ends at a quote before another field or the end, since those within are
/// not escaped. Nothing when the text is not of that kind.
std::vector<std::pair<std::string_view, std::string_view>> fields_of(std::string_view text);

/// One JSON object, without a line's end: `time`, `level`, `logger`, `thread`, then the text's own
/// fields (as strings; a name that is taken has an underscore behind it), or `message` when it has
/// none, then `trace`, `actor` and `principal` where they are known and the text does not say them.
std::string to_json(const LogLine& line);

/// What belongs behind a line of text: ` trace=… actor=… principal=…` where known and not in it.
std::string suffix_of(const LogLine& line);

}  // namespace jobraker::operation
