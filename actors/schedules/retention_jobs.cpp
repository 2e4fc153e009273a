#include "actors/schedules/jobs.hpp"
#include "actors/system/pause.hpp"
#include "storage/databases.hpp"
#include "storage/llm_budgets.hpp"
#include "storage/llm_calls.hpp"
#include "storage/notifications.hpp"
#include "storage/outbox.hpp"
#include "storage/retention.hpp"
#include "storage/schedules.hpp"

namespace jobraker::schedules {
namespace {

constexpr std::int64_t at_once = 2000;
constexpr std::chrono::milliseconds breath{50};
/// Nobody repeats a model call after a week; the log of calls is kept apart.
constexpr std::int64_t call_effect_days = 7;
/// Of calls of functions in conversations.
constexpr storage::EffectKind tool_call{"tool_call", LapseRule::run_again};

Time days_ago(std::int64_t days) { return now() - std::chrono::hours{24 * days}; }

/// Calls `some(session, before, limit)`, which removes up to `limit` rows, until fewer are left.
template <class Some>
task<Result<std::size_t>> forget_all(Services& services, JobRun run, Time before, Some some) {
  std::size_t total = 0;
  for (;;) {
    if (!run.goes_on())
      co_return fail(run.ended());
    auto gone = co_await some(services.databases.here(), before, at_once);
    if (!gone)
      co_return fail(std::move(gone.error()));
    total += *gone;
    if (*gone < static_cast<std::size_t>(at_once))
      co_return total;
    co_await pause(breath);
  }
}

Result<std::string> removed(const Result<std::size_t>& count, const char* what) {
  if (!count)
    return fail(count.error());
  return std::to_string(*count) + " " + what + " removed";
}

}  // namespace

task<Result<std::string>> forget_calls(Services& services, JobRun run) {
  co_return removed(co_await forget_all(services, std::move(run),
                                        days_ago(services.config.schedules.call_days),
                                        storage::forget_calls),
                    "calls");
}

task<Result<std::string>> forget_audit(Services& services, JobRun run) {
  co_return removed(co_await forget_all(services, std::move(run),
                                        days_ago(services.config.schedules.audit_days),
                                        storage::forget_audit),
                    "rows");
}

// Bookings and webhooks are forgotten by who made them; that an application was sent, by nobody.
task<Result<std::string>> forget_effects(Services& services, JobRun run) {
  const auto days = services.config.schedules.effect_days;
  std::size_t total = 0;
  for (const auto kind : {tool_call, storage::llm_call, storage::schedule_run}) {
    const auto kept = kind.name == storage::llm_call.name ? call_effect_days : days;
    auto gone =
      co_await forget_all(services, run, days_ago(kept),
                          [kind](storage::Session& session, Time before, std::int64_t limit) {
                            return storage::forget_effects(session, kind, before, limit);
                          });
    if (!gone)
      co_return fail(std::move(gone.error()));
    total += *gone;
  }
  co_return std::to_string(total) + " effects removed";
}

task<Result<std::string>> forget_tasks(Services& services, JobRun run) {
  co_return removed(co_await forget_all(services, std::move(run),
                                        days_ago(services.config.schedules.task_days),
                                        storage::forget_tasks),
                    "tasks");
}

task<Result<std::string>> forget_events(Services& services, JobRun run) {
  const auto& config = services.config.events;
  auto marks =
    co_await forget_all(services, run, days_ago(config.remembered_days), storage::forget_consumed);
  if (!marks)
    co_return fail(std::move(marks.error()));
  auto letters = co_await forget_all(services, run, days_ago(config.dead_letter_days),
                                     storage::forget_dead_letters);
  if (!letters)
    co_return fail(std::move(letters.error()));
  co_return std::to_string(*marks) + " marks, " + std::to_string(*letters) +
    " dead letters removed";
}

task<Result<std::string>> forget_notifications(Services& services, JobRun run) {
  co_return removed(co_await forget_all(services, std::move(run),
                                        days_ago(services.config.schedules.notification_days),
                                        storage::purge_notifications),
                    "notifications");
}

}  // namespace jobraker::schedules
