#pragma once

#include "messages/handles.hpp"
#include "messages/schedules.hpp"

namespace jobraker {

/// INTERNAL: nothing more begins; answered once no run of this node is under way.
struct FinishRuns {
  static constexpr auto type_name = "FinishRuns";
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/scheduler`: what is done by the clock. For operators only (forbidden otherwise).
using SchedulerActor =
  caf::typed_actor<caf::replies_to<Context, ListSchedules>::with<ScheduleList>,
                   // not_found, as below.
                   caf::replies_to<Context, GetSchedule>::with<Schedule>,
                   caf::replies_to<Context, ListScheduleRuns>::with<ScheduleRunPage>,
                   // The run, which has begun. conflict while one is under way.
                   caf::replies_to<Context, RunSchedule>::with<ScheduleRun>,
                   // The schedule as it is then; twice is once.
                   caf::replies_to<Context, PauseSchedule>::with<Schedule>,
                   caf::replies_to<Context, ListBatches>::with<BatchPage>,
                   caf::replies_to<Context, FinishRuns>::with<Ok>,
                   // INTERNAL: time to look what is due.
                   caf::reacts_to<Tick>>;

}  // namespace jobraker
