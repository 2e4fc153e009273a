#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace jobraker {

/// A moment in UTC, microseconds since 1970 (what PostgreSQL's timestamptz holds).
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// Now. Pure code takes the time as a value instead of calling this.
inline Time now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// RFC 3339 in UTC: `2026-11-20T19:02:00Z`, with a fraction only when there is one.
std::string to_rfc3339(Time time);

/// Reads RFC 3339 date-times (any offset, any fraction up to nanoseconds) and bare dates
/// (`2026-11-20`, taken as midnight UTC). Nothing else.
std::optional<Time> parse_rfc3339(std::string_view text);

}  // namespace jobraker
