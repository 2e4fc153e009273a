#pragma once

#include <memory>

#include "actors/schedules/schedule_table.hpp"
#include "messages/accounts.hpp"
#include "storage/schedules.hpp"

namespace jobraker::schedules {

/// A run of this node, from the moment it is taken to the commit of its outcome: does the job,
/// renews the lease meanwhile, and writes what came of it. An error when the outcome could not be
/// written: the run is found abandoned then. Does not need the actor that began it.
task<Result<Ok>> work_off(Services& services, std::shared_ptr<const ScheduleTable> table,
                          storage::TakenRun run, std::shared_ptr<const std::atomic<bool>> stop);

}  // namespace jobraker::schedules
