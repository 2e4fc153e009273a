#include "actors/operation/log_level.hpp"

#include <spdlog/spdlog.h>

namespace jobraker::operation {

// The values of both are the same, in the same order.
static_assert(static_cast<int>(LogLevel::trace) == SPDLOG_LEVEL_TRACE);
static_assert(static_cast<int>(LogLevel::info) == SPDLOG_LEVEL_INFO);
static_assert(static_cast<int>(LogLevel::off) == SPDLOG_LEVEL_OFF);

LogLevel log_level() { return static_cast<LogLevel>(spdlog::get_level()); }

void set_log_level(LogLevel level, const Principal& by) {
  const auto before = log_level();
  // Said at the more talkative of the two, so that turning the log off is told as well.
  spdlog::set_level(
    static_cast<spdlog::level::level_enum>(std::min({level, before, LogLevel::info})));
  spdlog::info("event=log.level_changed from={} to={} by={}", name_of(before), name_of(level),
               to_string(by.user));
  spdlog::set_level(static_cast<spdlog::level::level_enum>(level));
}

}  // namespace jobraker::operation
