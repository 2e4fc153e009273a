#include "actors/schedules/run_work.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <spdlog/spdlog.h>

#include "actors/schedules/core/decide.hpp"
#include "actors/system/pause.hpp"
#include "storage/databases.hpp"

namespace jobraker::schedules {
namespace {

/// Renewed so often within a lease, so that one lost statement costs nothing.
constexpr int renewals = 3;

std::chrono::milliseconds lease_of(const Services& services) {
  return std::chrono::seconds{services.config.schedules.lease_seconds};
}

/// Says that the run is alive as long as `under_way`.
task<void> stay_alive(Services& services, storage::TakenRun run, std::shared_ptr<bool> under_way) {
  const auto lease = lease_of(services);
  for (;;) {
    co_await pause(lease / renewals);
    if (!*under_way)
      co_return;
    auto renewed = co_await storage::renew_run(services.databases.here(), run, lease, now());
    if (renewed || !*under_way)
      continue;
    spdlog::warn("event=schedule.not_renewed schedule={} run={} why=\"{}\"", run.run.schedule,
                 to_string(run.run.id), renewed.error().detail);
    if (renewed.error().code == Errc::conflict)
      co_return;  // somebody found it abandoned
  }
}

task<Result<std::string>> do_job(const ScheduledJob& job, JobRun run) {
  try {
    co_return co_await job.work(std::move(run));
  } catch (const std::exception& error) {
    spdlog::error("event=schedule.exception schedule={} what=\"{}\"", job.name, error.what());
  }
  co_return fail(Errc::internal, "an unexpected fault; the log has more");
}

/// As long as nobody can have found the run abandoned it is worth trying.
task<Done> write_end(Services& services, const ScheduledJob& job, storage::TakenRun run,
                     Result<std::string> outcome) {
  const auto* timing = job.timing ? &*job.timing : nullptr;
  const auto give_up = Context::Clock::now() + lease_of(services);
  for (;;) {
    const auto at = now();
    auto done = co_await storage::end_run(
      services.databases.here(), run, outcome ? RunOutcome::done : RunOutcome::failed,
      outcome ? *outcome : outcome.error().detail,
      [timing, at](std::optional<Time> next_at) {
        return next_after_run({timing, false, next_at, {}}, at);
      },
      at);
    if (done || done.error().code == Errc::conflict || Context::Clock::now() >= give_up)
      co_return done;
    co_await pause(std::chrono::milliseconds{500});
  }
}

}  // namespace

task<Result<Ok>> work_off(Services& services, std::shared_ptr<const ScheduleTable> table,
                          storage::TakenRun run, std::shared_ptr<const std::atomic<bool>> stop) {
  const auto* job = table->find(run.run.schedule);
  if (job == nullptr)
    co_return fail(Errc::not_found, "there is no schedule " + run.run.schedule);
  auto under_way = std::make_shared<bool>(true);
  asio::co_spawn(co_await asio::this_coro::executor, stay_alive(services, run, under_way),
                 asio::detached);
  JobRun given;
  given.context = Context::system(std::chrono::minutes{services.config.schedules.run_minutes_max});
  given.stop = std::move(stop);
  auto outcome = co_await do_job(*job, std::move(given));
  auto written = co_await write_end(services, *job, run, outcome);
  *under_way = false;
  const auto& said = outcome ? *outcome : outcome.error().detail;
  spdlog::info("event=schedule.ended schedule={} run={} ok={} detail=\"{}\"", job->name,
               to_string(run.run.id), outcome.has_value(), said);
  if (!written)
    co_return fail(std::move(written.error()));
  co_return Ok{};
}

}  // namespace jobraker::schedules
