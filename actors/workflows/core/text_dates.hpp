#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/profile/core/resume_dates.hpp"

/// Dates of employment inside text.
namespace jobraker::workflows {

/// A beginning, and an end unless there is none; both as far as the words go.
struct DateSpan {
  ResumeDate start{};
  std::optional<ResumeDate> end{};
  bool operator==(const DateSpan&) const = default;
};

/// A span and the words that state it.
struct StatedSpan {
  DateSpan span{};
  std::string text{};
};

/// The first span of dates in a text ("March 2021 - Present", "2017 bis 2021", "since May 2019"),
/// or else the first single month and year; figures that only look like a year are none.
std::optional<StatedSpan> find_span(std::string_view text);

/// A text that is nothing but a span; "2021" alone is one, too.
std::optional<DateSpan> parse_span(std::string_view text);

/// Whether a claim says no more than is known: the same years, the same months where it names any,
/// the same end.
bool same_span(const DateSpan& claimed, const DateSpan& known);

}  // namespace jobraker::workflows
