#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <string_view>

#include "messages/result.hpp"

/// When something is done by the clock. Pure: no clock is read here.
namespace jobraker::schedules {

/// A minute as clocks on a wall show it, whatever the zone.
using WallMinute = std::chrono::local_time<std::chrono::minutes>;

/// A cron expression of five fields, read (POSIX.1-2017 crontab; steps and names as in Vixie cron's
/// crontab(5)).
struct Cron {
  std::bitset<60> minutes{};
  std::bitset<24> hours{};
  std::bitset<32> days{};     ///< of the month, from 1
  std::bitset<13> months{};   ///< from 1
  std::bitset<7> weekdays{};  ///< 0 is Sunday
  /// Day of month and day of week must both fit; otherwise, since both are restricted, one of them
  /// (crontab(5)).
  bool both_days = true;
  /// Minute or hour begin with `*`: it runs many times a day, and a change of the clocks is nothing
  /// special to it.
  bool frequent = true;

  bool operator==(const Cron&) const = default;
};

/// Reads `minute hour day-of-month month day-of-week`: numbers, names of months and weekdays in any
/// case, lists, ranges, and steps behind a `*` or a range; 7 is Sunday, too. `@hourly`, `@daily`,
/// `@midnight`, `@weekly`, `@monthly`, `@yearly` and `@annually` stand for such expressions.
/// Errc::invalid, with the field and what is wrong, for anything else and for a day that no
/// calendar has.
Result<Cron> parse_cron(std::string_view text);

/// The five fields that a nickname stands for, any other text unchanged.
std::string_view spelled_out(std::string_view text);

/// Whether the expression names this minute.
bool matches(const Cron& cron, WallMinute minute);

/// The first minute from `from` on, but before `until`, that the expression names.
std::optional<WallMinute> next_minute(const Cron& cron, WallMinute from, WallMinute until);

}  // namespace jobraker::schedules
