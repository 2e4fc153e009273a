#include "actors/schedules/look_round.hpp"

#include <spdlog/spdlog.h>

#include "actors/schedules/core/decide.hpp"
#include "storage/databases.hpp"

namespace jobraker::schedules {
namespace {

constexpr std::chrono::seconds patience{10};

void sooner(std::optional<Time>& at, const std::optional<Time>& other) {
  if (other && (!at || *other < *at))
    at = other;
}

storage::NewRun wish(const Services& services, const ScheduledJob& job, const Beginning& begin,
                     Time at) {
  storage::NewRun run;
  run.schedule = job.name;
  run.due_at = begin.due_at;
  run.next_at = begin.next_at;
  run.lease = std::chrono::seconds{services.config.schedules.lease_seconds};
  run.kept = services.config.schedules.runs_kept;
  run.now = at;
  return run;
}

/// Takes a run that is due. That another node was quicker is no problem.
task<Done> take(Services& services, storage::Session& session, const ScheduledJob& job,
                const Beginning& begin, Round& round) {
  auto taken = co_await storage::take_run(session, wish(services, job, begin, now()));
  if (taken) {
    spdlog::info("event=schedule.begun schedule={} run={} due={} missed={}", job.name,
                 to_string(taken->run.id), to_rfc3339(begin.due_at), begin.missed);
    round.taken.push_back(std::move(*taken));
    co_return Done{};
  }
  if (taken.error().code != Errc::conflict)
    co_return fail(std::move(taken.error()));
  co_return Done{};
}

task<Done> look(Services& services, const ScheduleTable& table, Round& round) {
  storage::Until session{services.databases.here(), Context::Clock::now() + patience};
  auto lost = co_await storage::abandon_lapsed_runs(session, now());
  if (!lost)
    co_return fail(std::move(lost.error()));
  for (const auto& run : *lost)
    spdlog::warn("event=schedule.abandoned schedule={} run={}", run.schedule, to_string(run.id));
  auto rows = co_await storage::find_schedules(session, names_of(table));
  if (!rows)
    co_return fail(std::move(rows.error()));
  round.rows = std::move(*rows);
  for (const auto& row : round.rows) {
    const auto& s = row.schedule;
    const auto* job = table.find(s.name);
    const auto decision = decide(
      {job->timing ? &*job->timing : nullptr, s.paused, s.next_run_at, row.busy_until}, now());
    sooner(round.look_at, decision.look_at);
    if (!decision.begin)
      continue;
    if (auto done = co_await take(services, session, *job, *decision.begin, round); !done)
      co_return done;
  }
  co_return Done{};
}

}  // namespace

std::vector<std::string> names_of(const ScheduleTable& table) {
  std::vector<std::string> names;
  for (const auto& job : table.jobs)
    names.push_back(job.name);
  return names;
}

task<Done> make_known(Services& services, const ScheduleTable& table) {
  const auto at = now();
  std::vector<storage::ScheduleDefinition> all;
  for (const auto& job : table.jobs) {
    auto& d = all.emplace_back();
    d.name = job.name;
    d.title = job.title;
    d.time_zone = services.config.schedules.time_zone;
    if (!job.timing)
      continue;
    if (job.timing->cron_text.empty())
      d.every_s = job.timing->every.count();
    else
      d.cron = job.timing->cron_text;
    d.next_at = next_from(&*job.timing, at);
  }
  storage::Until session{services.databases.here(), Context::Clock::now() + patience};
  co_return co_await storage::define_schedules(session, std::move(all), at);
}

task<Result<Round>> look_round(Services& services, std::shared_ptr<const ScheduleTable> table) {
  Round round;
  if (auto done = co_await look(services, *table, round); !done)
    round.problem = std::move(done.error());
  co_return round;
}

}  // namespace jobraker::schedules
