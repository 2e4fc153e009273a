#include "tools/ctl/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace jobraker::ctl {
namespace {

template <class... Args>
std::string print(const char* form, Args... args) {
  std::array<char, 64> text{};
  auto size = std::snprintf(text.data(), text.size(), form, args...);
  auto wanted = static_cast<std::size_t>(size < 0 ? 0 : size);
  return {text.data(), std::min(wanted, text.size() - 1)};
}

/// Two figures, or what is left of the point when that is more.
std::string short_figure(double value, const char* unit) {
  return print(value < 9.95 ? "%.1f %s" : "%.0f %s", value, unit);
}

/// Two neighbouring units: `3m07s`.
std::string pair(std::int64_t big, const char* big_unit, std::int64_t small,
                 const char* small_unit) {
  return print("%lld%s%02lld%s", static_cast<long long>(big), big_unit,
               static_cast<long long>(small), small_unit);
}

/// The number of a span such as `30m`, or nothing.
bool read_span(std::string_view text, std::int64_t& seconds) {
  if (text.empty())
    return false;
  std::int64_t unit = 0;
  switch (text.back()) {
  case 's':
    unit = 1;
    break;
  case 'm':
    unit = 60;
    break;
  case 'h':
    unit = 3600;
    break;
  case 'd':
    unit = 86'400;
    break;
  default:
    return false;
  }
  auto end = text.data() + text.size() - 1;
  std::int64_t number = 0;
  auto [read, bad] = std::from_chars(text.data(), end, number);
  if (bad != std::errc{} || read != end || number < 0 || number > 1'000'000)
    return false;
  seconds = number * unit;
  return true;
}

}  // namespace

std::string duration(std::int64_t micros) {
  // The smallest number has no positive counterpart.
  if (micros < 0)
    return "-" + duration(micros == INT64_MIN ? INT64_MAX : -micros);
  if (micros == 0)
    return "0";
  if (micros < 1000)
    return print("%lld µs", static_cast<long long>(micros));
  if (micros < 999'500)
    return short_figure(static_cast<double>(micros) / 1e3, "ms");
  if (micros < 59'500'000)
    return short_figure(static_cast<double>(micros) / 1e6, "s");
  auto seconds = micros / 1'000'000 + (micros % 1'000'000 >= 500'000 ? 1 : 0);
  if (seconds < 3600)
    return pair(seconds / 60, "m", seconds % 60, "s");
  auto minutes = seconds / 60;
  if (minutes < 24 * 60)
    return pair(minutes / 60, "h", minutes % 60, "m");
  return pair(minutes / (24 * 60), "d", minutes / 60 % 24, "h");
}

std::string decimal(double number) {
  if (!std::isfinite(number))
    return "–";
  if (number < 0)
    return "-" + decimal(-number);
  static constexpr std::array units{"", "k", "M", "G", "T", "P", "E"};
  std::size_t unit = 0;
  while (number >= 999.5 && unit + 1 < units.size()) {
    number /= 1000;
    ++unit;
  }
  if (number == 0)
    return "0";
  const char* form = number < 0.995 || (unit > 0 && number < 9.995) ? "%.2f%s"
                     : number < (unit > 0 ? 99.95 : 9.95)           ? "%.1f%s"
                                                                    : "%.0f%s";
  return print(form, number, units[unit]);
}

std::string count(std::int64_t number) {
  if (number > -100'000 && number < 100'000)
    return std::to_string(number);
  return decimal(static_cast<double>(number));
}

std::string bytes(std::int64_t number) {
  if (number < 0)
    return "-" + bytes(number == INT64_MIN ? INT64_MAX : -number);
  if (number < 1024)
    return std::to_string(number) + " B";
  static constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto value = static_cast<double>(number) / 1024;
  std::size_t unit = 0;
  for (; value >= 1023.5 && unit + 1 < units.size(); ++unit)
    value /= 1024;
  return short_figure(value, units[unit]);
}

std::string usd(double dollars) {
  if (!std::isfinite(dollars))
    return "–";
  if (dollars < 0)
    return "-" + usd(-dollars);
  if (dollars >= 0.1 || dollars == 0)
    return print("$%.2f", std::min(dollars, 1e15));
  return print(dollars >= 0.01 ? "$%.3f" : dollars >= 0.0001 ? "$%.4f" : "$%.7f", dollars);
}

std::string moment(Time time) {
  auto text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  if (auto letter = text.find('T'); letter != std::string::npos)
    text[letter] = ' ';
  if (text.ends_with('Z'))
    text.pop_back();
  return text;
}

std::string ago(Time then, Time now) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - then).count();
  if (seconds == 0)
    return "now";
  auto some = seconds < 0 ? -seconds : seconds;
  auto text = some < 60       ? std::to_string(some) + "s"
              : some < 3600   ? std::to_string(some / 60) + "m"
              : some < 86'400 ? std::to_string(some / 3600) + "h"
                              : std::to_string(some / 86'400) + "d";
  return seconds < 0 ? "in " + text : text;
}

std::string read_moment(std::string_view text, Time now) {
  std::int64_t seconds = 0;
  if (read_span(text, seconds))
    return to_rfc3339(std::chrono::floor<std::chrono::seconds>(now) -
                      std::chrono::seconds{seconds});
  auto time = parse_rfc3339(text);
  return time ? to_rfc3339(*time) : std::string{};
}

}  // namespace jobraker::ctl
