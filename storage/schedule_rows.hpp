#pragma once

#include "messages/schedules.hpp"
#include "storage/row.hpp"

namespace jobraker::storage {

/// Of `schedule_runs r`.
#define SCHEDULE_RUN_COLUMNS                                                                       \
  "r.id, r.schedule, r.started_at, r.ended_at, r.outcome, r.detail, r.by_user"

/// Reads SCHEDULE_RUN_COLUMNS from column `first` on.
ScheduleRun to_schedule_run(const Row& row, std::size_t first);

}  // namespace jobraker::storage
