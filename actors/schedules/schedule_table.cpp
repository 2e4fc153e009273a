#include "actors/schedules/schedule_table.hpp"

#include <algorithm>

#include "actors/schedules/jobs.hpp"

namespace jobraker::schedules {
namespace {

using Work = task<Result<std::string>> (*)(Services&, JobRun);

/// A line before its time is read.
struct Line {
  const char* name;
  const char* title;
  const char* key;  ///< of the configuration
  const std::string& time;
  std::function<task<Result<std::string>>(JobRun)> work;
};

std::vector<Line> lines(Services& services, ScheduleNeeds needs) {
  const auto& c = services.config.schedules;
  const auto plain = [&services](Work work) {
    return [&services, work](JobRun run) { return work(services, std::move(run)); };
  };
  return {
    {"jobs.refresh", "Fetch all searches and feeds", "jobs_refresh", c.jobs_refresh,
     [&services, needs = std::move(needs)](JobRun run) {
       return refresh_jobs(services, needs, std::move(run));
     }},
    {"jobs.expire", "End postings past their deadline or age", "jobs_expire", c.jobs_expire,
     plain(expire_jobs)},
    {"accounts.expire", "Remove ended tokens and tickets", "accounts_expire", c.accounts_expire,
     plain(expire_accounts)},
    {"retention.calls", "Remove old model calls from the log", "retention_calls", c.retention_calls,
     plain(forget_calls)},
    {"retention.audit", "Remove old rows of the audit log", "retention_audit", c.retention_audit,
     plain(forget_audit)},
    {"retention.effects", "Remove old marks of what must not happen twice", "retention_effects",
     c.retention_effects, plain(forget_effects)},
    {"retention.tasks", "Remove ended tasks and scoring runs", "retention_tasks", c.retention_tasks,
     plain(forget_tasks)},
    {"retention.events", "Remove dead letters and marks of handled events", "retention_events",
     c.retention_events, plain(forget_events)},
    {"retention.notifications", "Remove old notifications", "retention_notifications",
     c.retention_notifications, plain(forget_notifications)},
  };
}

}  // namespace

Error JobRun::ended() const {
  if (stop->load())
    return {Errc::cancelled, "the server was stopped before it was done", {}, {}};
  return {Errc::timed_out, "its time was over before it was done", {}, {}};
}

const ScheduledJob* ScheduleTable::find(std::string_view name) const {
  const auto it =
    std::find_if(jobs.begin(), jobs.end(), [&](const auto& job) { return job.name == name; });
  return it == jobs.end() ? nullptr : &*it;
}

Result<std::shared_ptr<const ScheduleTable>> schedule_table(Services& services,
                                                            ScheduleNeeds needs) {
  auto table = std::make_shared<ScheduleTable>();
  for (auto& line : lines(services, std::move(needs))) {
    auto timing = parse_timing(line.time, services.config.schedules.time_zone);
    if (!timing)
      return fail(Errc::invalid,
                  std::string{"schedules."}.append(line.key) + ": " + timing.error().detail);
    table->jobs.push_back({line.name, line.title, std::move(*timing), std::move(line.work)});
  }
  return std::shared_ptr<const ScheduleTable>{std::move(table)};
}

}  // namespace jobraker::schedules
