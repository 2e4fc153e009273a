#include "net/client/rate_headers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

/// Longer than anything a provider means; keeps sums far from overflow.
constexpr double milliseconds_max = 365.0 * 24 * 3600 * 1000;

std::optional<std::int64_t> whole(std::string_view text) {
  text = trimmed(text);
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// A decimal without sign or exponent at the front of `text`, which loses it.
std::optional<double> decimal(std::string_view& text) {
  const auto length = std::min(text.find_first_not_of("0123456789."), text.size());
  double value = 0;
  auto [end, error] =
    std::from_chars(text.data(), text.data() + length, value, std::chars_format::fixed);
  if (length == 0 || error != std::errc{} || end != text.data() + length)
    return std::nullopt;
  text.remove_prefix(length);
  return value;
}

struct Unit {
  std::string_view name;
  double milliseconds;
};

/// Those that begin alike stand longest first.
constexpr std::array units{Unit{"ms", 1},           Unit{"us", 1e-3}, Unit{"\xC2\xB5s", 1e-3},
                           Unit{"\xCE\xBCs", 1e-3}, Unit{"ns", 1e-6}, Unit{"h", 3'600'000},
                           Unit{"m", 60'000},       Unit{"s", 1'000}};

milliseconds rounded_up(double ms) {
  // The sum of decimals may lie a hair above the whole number that is meant.
  return milliseconds{static_cast<std::int64_t>(std::ceil(std::min(ms, milliseconds_max) - 5e-7))};
}

/// A number of seconds or milliseconds that a header gives, times `scale`.
std::optional<milliseconds> wait_of(std::string_view text, double scale) {
  text = trimmed(text);
  auto value = decimal(text);
  if (!value || !text.empty())
    return std::nullopt;
  return rounded_up(*value * scale);
}

std::optional<unsigned> month_of(std::string_view name) {
  constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto at = name.size() == 3 ? names.find(name) : std::string_view::npos;
  if (at == std::string_view::npos || at % 3 != 0)
    return std::nullopt;
  return static_cast<unsigned>(at / 3 + 1);
}

std::optional<std::chrono::seconds> clock_of(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':')
    return std::nullopt;
  auto h = whole(text.substr(0, 2));
  auto m = whole(text.substr(3, 2));
  auto s = whole(text.substr(6, 2));
  if (!h || !m || !s || *h < 0 || *h > 23 || *m < 0 || *m > 59 || *s < 0 || *s > 60)
    return std::nullopt;
  return std::chrono::hours{*h} + std::chrono::minutes{*m} + std::chrono::seconds{*s};
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" ,-"), text.size()));
    if (text.empty())
      return out;
    const auto end = std::min(text.find_first_of(" ,-"), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

/// The year of two digits that lies at most 50 years ahead (RFC 9110 §5.6.7).
std::int64_t full_year(std::int64_t two_digits, Time now) {
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const auto present = static_cast<std::int64_t>(int(today.year()));
  auto year = present - present % 100 + 100 + two_digits;
  while (year > present + 50)
    year -= 100;
  return year;
}

}  // namespace

const RateWindow& tighter(const RateWindow& a, const RateWindow& b) noexcept {
  if (a.remaining && b.remaining)
    return *b.remaining < *a.remaining ? b : a;
  if (a.remaining || b.remaining)
    return b.remaining ? b : a;
  if (a.limit && b.limit)
    return *b.limit < *a.limit ? b : a;
  return !a.limit && b.limit ? b : a;
}

RateWindow rate_window(std::string_view limit, std::string_view remaining,
                       std::optional<milliseconds> reset) {
  RateWindow out;
  if (auto value = whole(limit); value && *value > 0)
    out.limit = value;
  if (auto value = whole(remaining); value && (*value > 0 || (*value == 0 && out.limit)))
    out.remaining = value;
  out.reset = reset;
  return out;
}

std::optional<milliseconds> parse_go_duration(std::string_view text) {
  text = trimmed(text);
  if (text == "0")
    return milliseconds{0};
  if (text.empty())
    return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    auto value = decimal(text);
    const auto* unit = std::find_if(units.begin(), units.end(),
                                    [&](const Unit& u) { return text.starts_with(u.name); });
    if (!value || unit == units.end())
      return std::nullopt;
    text.remove_prefix(unit->name.size());
    sum += *value * unit->milliseconds;
  }
  return rounded_up(sum);
}

std::optional<Time> parse_http_date(std::string_view text, Time now) {
  using namespace std::chrono;
  auto parts = words(trimmed(text));
  std::string_view day;
  std::string_view month;
  std::string_view year;
  std::string_view clock;
  if (parts.size() == 6 && parts[5] == "GMT") {
    day = parts[1], month = parts[2], year = parts[3], clock = parts[4];
  } else if (parts.size() == 5) {  // asctime
    month = parts[1], day = parts[2], clock = parts[3], year = parts[4];
  } else {
    return std::nullopt;
  }
  auto d = whole(day);
  auto m = month_of(month);
  auto y = whole(year);
  auto time = clock_of(clock);
  if (!d || !m || !y || !time || *d < 1 || *d > 31 || *y < 0 || *y > 9999 ||
      (year.size() != 4 && year.size() != 2))
    return std::nullopt;
  if (year.size() == 2)
    y = full_year(*y, now);
  const year_month_day date{std::chrono::year{static_cast<int>(*y)}, std::chrono::month{*m},
                            std::chrono::day{static_cast<unsigned>(*d)}};
  if (!date.ok())
    return std::nullopt;
  return time_point_cast<microseconds>(sys_days{date} + *time);
}

std::optional<milliseconds> read_retry_after(const Headers& headers, Time now) {
  if (auto wait = wait_of(headers.value("retry-after-ms"), 1))
    return wait;
  const auto text = headers.value("retry-after");
  if (auto wait = wait_of(text, 1000))
    return wait;
  auto date = parse_http_date(text, now);
  if (!date)
    return std::nullopt;
  return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(*date - now));
}

}  // namespace jobraker::net
