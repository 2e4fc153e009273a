#include "actors/jobs/core/salary.hpp"

#include <algorithm>
#include <cmath>

#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/place.hpp"
#include "actors/jobs/core/salary_text.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

double periods_per_year(PayPeriod period) {
  switch (period) {
  case PayPeriod::hour:
    return hours_per_year;
  case PayPeriod::day:
    return days_per_year;
  case PayPeriod::week:
    return weeks_per_year;
  case PayPeriod::month:
    return months_per_year;
  case PayPeriod::unknown:
  case PayPeriod::year:
    break;
  }
  return 1;
}

/// Roughly how many units of a currency are worth a US dollar: only to tell the plausible from the
/// absurd, so an order of magnitude is enough and no rate has to be kept up to date.
double units_per_dollar(std::string_view currency) {
  struct Scale {
    std::string_view code;
    double units;
  };
  constexpr Scale scales[] = {
    {"JPY", 150},  {"KRW", 1350}, {"INR", 85},  {"IDR", 16000}, {"VND", 25000}, {"HUF", 370},
    {"CLP", 950},  {"COP", 4000}, {"AMD", 400}, {"RUB", 90},    {"ARS", 1000},  {"ISK", 140},
    {"CZK", 23},   {"SEK", 10},   {"NOK", 10},  {"DKK", 7},     {"PLN", 4},     {"RON", 4.5},
    {"MXN", 18},   {"BRL", 5.5},  {"ZAR", 18},  {"TRY", 35},    {"UAH", 41},    {"PHP", 57},
    {"THB", 35},   {"TWD", 32},   {"CNY", 7},   {"HKD", 7.8},   {"PKR", 280},   {"BDT", 120},
    {"NGN", 1500}, {"KES", 130},  {"EGP", 50},  {"LKR", 300},   {"KZT", 500},   {"UZS", 12500},
    {"RSD", 108},  {"AED", 3.7},  {"SAR", 3.7}, {"QAR", 3.6},   {"ILS", 3.7},   {"MYR", 4.5},
    {"GEL", 2.7},  {"BGN", 1.8},  {"MAD", 10},  {"PEN", 3.7}};
  for (const auto& scale : scales)
    if (scale.code == currency)
      return scale.units;
  return 1;
}

/// A year's pay in dollars that some people do get, and beneath which nothing is a year's pay.
constexpr double dollars_min = 300;
constexpr double dollars_max = 5'000'000;
/// From here a figure without a period can only be a year's.
constexpr double dollars_year_for_sure = 8'000;

std::string shown(double value) {
  auto whole = std::llround(value * 100);
  auto text = std::to_string(whole / 100);
  return whole % 100 == 0
           ? text
           : text + "." + (whole % 100 < 10 ? "0" : "") + std::to_string(whole % 100);
}

YearlySalary dropped(std::string why) {
  YearlySalary none;
  none.dropped = std::move(why);
  return none;
}

struct Pay {
  std::optional<double> low, high;
  std::string currency;
  PayPeriod period = PayPeriod::unknown;
};

YearlySalary yearly(Pay pay) {
  if (pay.low && pay.high && *pay.low > *pay.high)
    std::swap(*pay.low, *pay.high);
  // `0-50000` names only its upper end.
  if (pay.low && *pay.low <= 0)
    pay.low.reset();
  if (pay.high && *pay.high <= 0)
    pay.high.reset();
  if (!pay.low && !pay.high)
    return dropped("the pay is zero");
  auto words = [&] {
    auto low = pay.low ? shown(*pay.low) : "", high = pay.high ? shown(*pay.high) : "";
    return low == high || high.empty() ? low : low.empty() ? high : low + "–" + high;
  };
  auto scale = units_per_dollar(pay.currency);
  auto least = pay.low.value_or(*(pay.high ? pay.high : pay.low));
  auto most = pay.high.value_or(least);
  if (pay.period == PayPeriod::unknown) {
    if (most / scale < dollars_year_for_sure)
      return dropped(words() + " does not say whether it is a year's, a month's or an hour's pay");
    if (least / scale < dollars_year_for_sure / 8)
      return dropped(words() + " is too wide a range to be one kind of pay");
    pay.period = PayPeriod::year;
  }
  auto factor = periods_per_year(pay.period);
  if (least * factor / scale < dollars_min || most * factor / scale > dollars_max)
    return dropped(words() + " per " + std::string{name_of(pay.period)} + " is not plausible");
  if (most > least * 30)
    return dropped(words() + " is too wide a range to mean anything");
  YearlySalary out;
  out.currency = pay.currency;
  if (pay.low)
    out.min = std::llround(*pay.low * factor);
  if (pay.high)
    out.max = std::llround(*pay.high * factor);
  return out;
}

std::string upper_code(std::string_view s) {
  std::string out;
  for (char c : s)
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

std::string currency_of(const RawSalary& raw, std::string_view text, std::string_view country) {
  auto stated = text::trim(raw.currency);
  if (stated.size() == 3 && std::all_of(stated.begin(), stated.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      }))
    return upper_code(stated);
  auto found = currency_in(stated.empty() ? text : stated, country);
  return found.empty() ? std::string{currency_of_country(country)} : found;
}

}  // namespace

YearlySalary yearly_salary(const RawSalary& raw, std::string_view country) {
  auto text = html_to_line(raw.text, 1000);
  Pay pay;
  pay.currency = currency_of(raw, text, country);
  pay.period = raw.period != PayPeriod::unknown ? raw.period : period_in(text);
  bool figures = (raw.min && *raw.min > 0) || (raw.max && *raw.max > 0);
  if (figures) {
    pay.low = raw.min;
    pay.high = raw.max;
    return yearly(pay);
  }
  if (text.empty())
    return raw.min || raw.max ? dropped("the pay is zero") : YearlySalary{};
  if (spreadsheet_date(text))
    return dropped("'" + text + "' is a date that a spreadsheet made of a range");
  auto found = pay_figures(text);
  if (!found)
    return {};  // `Competitive`: no figure, nothing dropped
  pay.low = found->up_to ? std::nullopt : found->low;
  pay.high = found->from ? std::nullopt : found->high;
  return yearly(pay);
}

std::optional<RawSalary> salary_in(std::string_view description) {
  constexpr std::string_view money[] = {"$",   "£",   "€",   "usd", "eur", "gbp",
                                        "chf", "cad", "aud", "pln", "inr", "₹"};
  constexpr std::string_view talk[] = {
    "salary",       "compensation", "pay",      "wage",      "base", "rate",    "gehalt",
    "remuneration", "earn",         "earnings", "vergütung", "ote",  "salaire", "salario"};
  auto lowered = text::lower(description);
  std::size_t begin = 0;
  while (begin < lowered.size()) {
    auto end = std::min(lowered.find('\n', begin), lowered.size());
    auto line = std::string_view{lowered}.substr(begin, end - begin);
    bool has_money = std::any_of(std::begin(money), std::end(money),
                                 [&](std::string_view m) { return line.find(m) != line.npos; });
    for (std::size_t from = 0; has_money && from < line.size();) {
      auto rest = line.substr(from, 400);
      auto found = pay_figures(rest);
      if (!found)
        break;
      auto a = found->begin > 60 ? found->begin - 60 : 0;
      auto window = rest.substr(a, found->end - a + 30);
      // Its own currency beside it, and a period after it or a word about pay before it.
      auto near_begin = found->begin >= 5 ? found->begin - 5 : 0;
      auto near = rest.substr(near_begin, found->end + 5 - near_begin);
      auto currency = currency_in(near, {});
      auto after = rest.substr(found->end, 30);
      bool talks = std::any_of(std::begin(talk), std::end(talk),
                               [&](std::string_view word) { return text::has_word(window, word); });
      auto period = period_in(after);
      bool range = found->low != found->high;
      if (!currency.empty() && (talks || (range && period != PayPeriod::unknown))) {
        RawSalary out;
        out.min = found->up_to ? std::nullopt : found->low;
        out.max = found->from ? std::nullopt : found->high;
        out.currency =
          near.find('$') != near.npos && currency == "USD" && near.find("us") == near.npos
            ? "$"
            : currency;
        out.period = period;
        if (out.period == PayPeriod::unknown)
          out.period = period_in(window);
        return out;
      }
      from += found->end;
    }
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace jobraker
