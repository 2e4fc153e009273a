#pragma once

#include <compare>
#include <optional>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

namespace jobraker {

/// A month as résumés state it; 0 for a year alone.
struct ResumeDate {
  int year = 0;
  int month = 0;         ///< 1 to 12, or 0 when only the year is known
  bool present = false;  ///< "present", "today": still running
  bool operator==(const ResumeDate&) const = default;
};

/// Reads `2019-03`, `03/2018`, `Jan 2019`, `janvier 2019`, `März 2020`, `Sept. '19`, `2019`, a
/// whole date
/// (`2019-03-15`, `15.03.2019`), `present`, `today`, `current`, `heute`, `à ce jour` …; nothing
/// else. Years before 1930 or after 2100 are no dates.
std::optional<ResumeDate> parse_resume_date(std::string_view text);

/// Months since year 0 of the month in which a span that begins, or ends, with this date does so. A
/// year alone counts as its middle, so that 2015 to 2018 are three years.
int first_month(ResumeDate date);
int last_month(ResumeDate date);

/// Months [first, last] of an employment, both included.
struct MonthSpan {
  int first = 0;
  int last = 0;
};

/// Months that at least one span covers.
int months_covered(std::vector<MonthSpan> spans);

/// The month of a moment, counted the same way.
int month_of(Time time);

}  // namespace jobraker
