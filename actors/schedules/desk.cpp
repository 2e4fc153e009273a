#include "actors/schedules/desk.hpp"

#include <spdlog/spdlog.h>

#include "actors/schedules/core/decide.hpp"
#include "actors/schedules/look_round.hpp"
#include "actors/system/admin_only.hpp"
#include "storage/audit.hpp"
#include "storage/batch_list.hpp"
#include "storage/databases.hpp"

namespace jobraker::schedules {
namespace {

using storage::Until;

/// The job, for somebody who may ask for it.
Result<const ScheduledJob*> known(const ScheduleTable& table, const Context& context,
                                  const std::string& name) {
  if (auto may = admin_only(context); !may)
    return fail(std::move(may.error()));
  if (const auto* job = table.find(name))
    return job;
  return fail(Errc::not_found, "there is no such schedule");
}

task<Done> write_down(storage::Session& session, const Context& context, const char* action,
                      const std::string& schedule, const std::string& remote) {
  auto entry = storage::audit_entry(context.principal, action, "schedules/" + schedule, "");
  if (!remote.empty())
    entry.ip = remote;
  spdlog::warn("event={} schedule={} by={}", action, schedule, to_string(context.principal.user));
  return storage::write_audit(session, std::move(entry));
}

task<Result<Schedule>> find_one(storage::Session& session, std::string name) {
  std::vector<std::string> names{std::move(name)};
  auto found = co_await storage::find_schedules(session, std::move(names));
  if (!found)
    co_return fail(std::move(found.error()));
  if (found->empty())
    co_return fail(Errc::unavailable, "the schedules are not known to the database yet");
  co_return std::move(found->front().schedule);
}

}  // namespace

task<Result<ScheduleList>> list_schedules(Services& services, Table table, Context context) {
  if (auto may = admin_only(context); !may)
    co_return fail(std::move(may.error()));
  Until session{services.databases.here(), context.deadline};
  auto found = co_await storage::find_schedules(session, names_of(*table));
  if (!found)
    co_return fail(std::move(found.error()));
  ScheduleList list;
  for (auto& record : *found)
    list.items.push_back(std::move(record.schedule));
  co_return list;
}

task<Result<Schedule>> get_schedule(Services& services, Table table, Context context,
                                    GetSchedule wish) {
  if (auto job = known(*table, context, wish.name); !job)
    co_return fail(std::move(job.error()));
  Until session{services.databases.here(), context.deadline};
  co_return co_await find_one(session, wish.name);
}

task<Result<ScheduleRunPage>> list_runs(Services& services, Table table, Context context,
                                        ListScheduleRuns query) {
  if (auto job = known(*table, context, query.name); !job)
    co_return fail(std::move(job.error()));
  Until session{services.databases.here(), context.deadline};
  co_return co_await storage::list_schedule_runs(session, std::move(query));
}

task<Result<BatchPage>> list_batches(Services& services, Context context, ListBatches query) {
  if (auto may = admin_only(context); !may)
    co_return fail(std::move(may.error()));
  Until session{services.databases.here(), context.deadline};
  co_return co_await storage::list_batches(session, std::move(query));
}

task<Result<storage::TakenRun>> take_by_hand(Services& services, Table table, Context context,
                                             RunSchedule wish) {
  if (auto job = known(*table, context, wish.name); !job)
    co_return fail(std::move(job.error()));
  Until session{services.databases.here(), context.deadline};
  if (auto written = co_await write_down(session, context, "schedule.run", wish.name, wish.remote);
      !written)
    co_return fail(std::move(written.error()));
  if (auto lost = co_await storage::abandon_lapsed_runs(session, now()); !lost)
    co_return fail(std::move(lost.error()));
  storage::NewRun run;
  run.schedule = wish.name;
  run.now = run.due_at = now();
  run.by = context.principal.user;
  run.lease = std::chrono::seconds{services.config.schedules.lease_seconds};
  run.kept = services.config.schedules.runs_kept;
  co_return co_await storage::take_run(session, std::move(run));
}

task<Result<Schedule>> pause_schedule(Services& services, Table table, Context context,
                                      PauseSchedule wish) {
  auto job = known(*table, context, wish.name);
  if (!job)
    co_return fail(std::move(job.error()));
  Until session{services.databases.here(), context.deadline};
  const auto* action = wish.paused ? "schedule.pause" : "schedule.resume";
  if (auto written = co_await write_down(session, context, action, wish.name, wish.remote);
      !written)
    co_return fail(std::move(written.error()));
  const auto* timing = (*job)->timing ? &*(*job)->timing : nullptr;
  auto done = co_await storage::pause_schedule(session, wish.name, wish.paused,
                                               next_from(timing, now()), now());
  if (!done)
    co_return fail(std::move(done.error()));
  co_return co_await find_one(session, wish.name);
}

}  // namespace jobraker::schedules
