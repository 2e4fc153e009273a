#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

/// Working time a year, to make yearly pay of other periods. 2,080 hours is 52 weeks of 40 hours
/// (5 U.S.C. §5504(b) used it before 1986, and pay statistics still do); 260 days is 52 weeks of 5.
inline constexpr double hours_per_year = 2080;
inline constexpr double days_per_year = 260;
inline constexpr double weeks_per_year = 52;
inline constexpr double months_per_year = 12;

/// Pay in whole units of `currency` a year, or why there is none.
struct YearlySalary {
  std::optional<std::int64_t> min{};
  std::optional<std::int64_t> max{};
  std::string currency{};
  std::string dropped{};  ///< why figures that were there are not used; empty when they are
  bool operator==(const YearlySalary&) const = default;
};

/// Yearly pay, in the currency stated or else that of `country`. Figures without a period count as
/// a year's when they are large enough to be nothing else; smaller ones, and a bare `50-110` that
/// may be thousands a year or dollars an hour, are dropped rather than guessed, as are dates made
/// by a spreadsheet (`9-Dec`) and what no one is paid.
YearlySalary yearly_salary(const RawSalary& raw, std::string_view country = {});

/// Finds pay that running text states with a currency and a range or a period (`$120,000 – $150,000
/// a year`); nothing when the text is not clear. For sources without a salary field.
std::optional<RawSalary> salary_in(std::string_view description);

}  // namespace jobraker
