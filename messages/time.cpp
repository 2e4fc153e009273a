#include "messages/time.hpp"

#include <cstdio>

namespace jobraker {
namespace {

/// Reads exactly `digits` digits at the front of `text`.
std::optional<int> number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits)
    return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool skip(std::string_view& text, char c) {
  if (text.empty() || text.front() != c)
    return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string to_rfc3339(Time time) {
  using namespace std::chrono;
  auto day = floor<days>(time);
  year_month_day date{day};
  hh_mm_ss clock{time - day};
  char text[48];
  int n = std::snprintf(
    text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", int(date.year()), unsigned(date.month()),
    unsigned(date.day()), static_cast<int>(clock.hours().count()),
    static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  std::string out(text, static_cast<std::size_t>(n));
  if (auto fraction = clock.subseconds().count(); fraction != 0) {
    n = std::snprintf(text, sizeof text, ".%06d", static_cast<int>(fraction));
    out.append(text, static_cast<std::size_t>(n));
    while (out.back() == '0')
      out.pop_back();
  }
  out.push_back('Z');
  return out;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  auto y = number(text, 4);
  if (!y || !skip(text, '-'))
    return std::nullopt;
  auto m = number(text, 2);
  if (!m || !skip(text, '-'))
    return std::nullopt;
  auto d = number(text, 2);
  if (!d)
    return std::nullopt;
  year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok())
    return std::nullopt;
  Time time = time_point_cast<microseconds>(sys_days{date});
  if (text.empty())
    return time;
  if (!skip(text, 'T') && !skip(text, 't') && !skip(text, ' '))
    return std::nullopt;
  auto hour = number(text, 2);
  if (!hour || *hour > 23 || !skip(text, ':'))
    return std::nullopt;
  auto minute = number(text, 2);
  if (!minute || *minute > 59 || !skip(text, ':'))
    return std::nullopt;
  auto second = number(text, 2);
  if (!second || *second > 60)
    return std::nullopt;
  time += hours{*hour} + minutes{*minute} + seconds{*second};
  if (skip(text, '.')) {
    int scale = 100000;
    std::size_t digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits) {
      time += microseconds{(text.front() - '0') * scale};
      scale /= 10;
      text.remove_prefix(1);
    }
    if (digits == 0 || digits > 9)
      return std::nullopt;
  }
  if (skip(text, 'Z') || skip(text, 'z'))
    return text.empty() ? std::optional{time} : std::nullopt;
  bool west = !text.empty() && text.front() == '-';
  if (!skip(text, '+') && !skip(text, '-'))
    return std::nullopt;
  auto oh = number(text, 2);
  if (!oh || *oh > 23 || !skip(text, ':'))
    return std::nullopt;
  auto om = number(text, 2);
  if (!om || *om > 59 || !text.empty())
    return std::nullopt;
  auto offset = hours{*oh} + minutes{*om};
  return west ? time + offset : time - offset;
}

}  // namespace jobraker
