#include "actors/operation/log_level.hpp"

#include <spdlog/spdlog.h>

#include "actors/system/services.hpp"
#include "storage/audit.hpp"
#include "storage/databases.hpp"

namespace jobraker::operation {

// The values of both are the same, in the same order.
static_assert(static_cast<int>(LogLevel::trace) == SPDLOG_LEVEL_TRACE);
static_assert(static_cast<int>(LogLevel::info) == SPDLOG_LEVEL_INFO);
static_assert(static_cast<int>(LogLevel::off) == SPDLOG_LEVEL_OFF);

constexpr std::chrono::seconds audit_wait{2};

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

task<void> change_log_level(Services& services, Context context, LogLevel level) {
  const auto audit_until = Context::Clock::now() + audit_wait;
  storage::Until session{services.databases.here(), std::min(context.deadline, audit_until)};
  auto entry = storage::audit_entry(context.principal, "log_level.set", "log-level",
                                    "from " + std::string{name_of(log_level())} + " to " +
                                      std::string{name_of(level)});
  const auto written = co_await storage::write_audit(session, std::move(entry));
  set_log_level(level, context.principal);
  if (!written)
    spdlog::warn("event=audit.not_written action=log_level.set why=\"{}\"", written.error().detail);
}

}  // namespace jobraker::operation
