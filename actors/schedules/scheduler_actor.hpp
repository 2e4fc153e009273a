#pragma once

#include <memory>
#include <string>

#include "actors/schedules/schedule_table.hpp"
#include "messages/schedule_handles.hpp"

namespace jobraker::schedules {

/// Starts `/system/scheduler`: wakes for the next due time, takes what is due (of several nodes
/// one), does it, and answers operators. At FinishRuns its runs are told to stop.
SchedulerActor start_scheduler(Services& services, std::shared_ptr<const ScheduleTable> table,
                               const std::string& path);

}  // namespace jobraker::schedules
