#include "actors/interviews/core/zones.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <date/tz.h>

namespace jobraker::interviews {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view utc = "UTC";

/// The zone, or nullptr. Names come from requests: one that is not in the list opens no file.
const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(name.empty() ? utc : name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

/// What clocks of a zone are ahead of UTC, in whole minutes: RFC 3339 has no seconds of offset,
/// which zones had before there was standard time.
minutes offset_at(Time time, const date::time_zone* zone) {
  if (zone == nullptr)
    return minutes{0};
  auto info = zone->get_info(date::sys_time<microseconds>{time.time_since_epoch()});
  return std::chrono::duration_cast<minutes>(info.offset);
}

/// Date and time on the wall, without offset.
std::string wall_text(Time time, minutes offset) {
  auto text = to_rfc3339(time + offset);
  text.pop_back();  // the Z
  return text;
}

constexpr auto bad = Errc::invalid;

Result<Time> on_the_wall(Time wall, std::string_view zone_name) {
  const auto* zone = find_zone(zone_name);
  if (zone == nullptr)
    return fail(bad, "there is no time zone " + std::string{zone_name});
  auto info = zone->get_info(date::local_time<microseconds>{wall.time_since_epoch()});
  if (info.result == date::local_info::nonexistent)
    return fail(bad, "is skipped by clocks in " + std::string{zone_name} + " that day");
  if (info.result == date::local_info::ambiguous)
    return fail(bad, "comes twice in " + std::string{zone_name} +
                       " that day; give an offset, as in " + to_rfc3339(wall - info.first.offset));
  return wall - info.first.offset;
}

}  // namespace

Done prepare_zones() {
  try {
    for (const auto& zone : date::get_tzdb().zones)
      (void)zone.get_info(date::sys_seconds{});
    return {};
  } catch (const std::exception& error) {
    return fail(Errc::unavailable,
                std::string{"the time zone database cannot be read: "} + error.what());
  }
}

bool is_zone(std::string_view name) { return !name.empty() && find_zone(name) != nullptr; }

std::string local_rfc3339(Time time, std::string_view zone) {
  auto offset = offset_at(time, find_zone(zone));
  auto ahead = std::abs(static_cast<int>(offset.count()));
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%c%02d:%02d", offset.count() < 0 ? '-' : '+', ahead / 60,
                ahead % 60);
  return wall_text(time, offset) + text.data();
}

std::string in_words(Time starts_at, Time ends_at, std::string_view zone) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto* known = find_zone(zone);
  auto begin = starts_at + offset_at(starts_at, known);
  auto end = wall_text(ends_at, offset_at(ends_at, known));
  auto day = std::chrono::floor<std::chrono::days>(begin);
  std::chrono::year_month_day date{day};
  auto clock = wall_text(begin, minutes{0}).substr(11, 5);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s %u %s %d, %s to %s",
                days[std::chrono::weekday{day}.c_encoding()], unsigned(date.day()),
                months[unsigned(date.month()) - 1], int(date.year()), clock.c_str(),
                end.substr(11, 5).c_str());
  auto name = known == nullptr || zone.empty() ? utc : zone;
  return std::string{text.data()}.append(" (").append(name).append(")");
}

Result<Time> read_moment(std::string_view text, std::string_view zone) {
  constexpr std::size_t date_only = 10;
  constexpr std::size_t to_the_minute = 16;
  constexpr auto expected = "must be a time such as 2026-11-20T10:00:00+01:00, or 2026-11-20T10:00 "
                            "beside time_zone";
  if (text.size() <= date_only)
    return fail(bad, expected);
  if (auto exact = parse_rfc3339(text))
    return *exact;
  auto wall = parse_rfc3339(std::string{text} + (text.size() == to_the_minute ? ":00Z" : "Z"));
  if (!wall)
    return fail(bad, expected);
  if (zone.empty())
    return fail(bad, "has no offset; give one, or time_zone");
  return on_the_wall(*wall, zone);
}

}  // namespace jobraker::interviews
