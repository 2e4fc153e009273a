#pragma once

#include <memory>

#include "actors/schedules/schedule_table.hpp"
#include "messages/schedules.hpp"
#include "storage/schedules.hpp"

/// What operators ask of the schedules. All are for administrators; what changes something is in
/// the audit log before it is done.
namespace jobraker::schedules {

using Table = std::shared_ptr<const ScheduleTable>;

task<Result<ScheduleList>> list_schedules(Services& services, Table table, Context context);
task<Result<Schedule>> get_schedule(Services& services, Table table, Context context,
                                    GetSchedule wish);
task<Result<ScheduleRunPage>> list_runs(Services& services, Table table, Context context,
                                        ListScheduleRuns query);
task<Result<BatchPage>> list_batches(Services& services, Context context, ListBatches query);

/// Takes a run by hand; the caller begins it.
task<Result<storage::TakenRun>> take_by_hand(Services& services, Table table, Context context,
                                             RunSchedule wish);

task<Result<Schedule>> pause_schedule(Services& services, Table table, Context context,
                                      PauseSchedule wish);

}  // namespace jobraker::schedules
