#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/job_commands.hpp"

namespace jobraker {

/// Figures of pay as a text states them; `k` and grouping resolved, nothing else.
struct PayFigures {
  std::optional<double> low{};
  std::optional<double> high{};  ///< equal to `low` for a single figure
  bool from = false;             ///< `from 500`, `500+`: only the lower end
  bool up_to = false;            ///< `up to 500`: only the upper end (in `high`)
  bool thousands = false;        ///< a `k` was written
  std::size_t begin = 0;         ///< where the figures stand in the text
  std::size_t end = 0;
};

/// The first figure or range of pay in `text`; what stands by a currency is preferred. Percentages,
/// 401(k), years and clock times are none.
std::optional<PayFigures> pay_figures(std::string_view text);

/// The currency that `text` names first, by ISO code, name or sign; `$`, `kr` and `¥` are those of
/// `country`, `$` otherwise USD. Empty without one.
std::string currency_in(std::string_view text, std::string_view country);

/// The period that `text` names, in English, German, French, Spanish, Dutch, Italian or Polish.
PayPeriod period_in(std::string_view text);

/// Whether it is a day and month that a spreadsheet made of a range (`9-Dec` was `9-12`).
bool spreadsheet_date(std::string_view text);

}  // namespace jobraker
