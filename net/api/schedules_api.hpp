#pragma once

#include <functional>

#include "messages/schedule_handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /admin/schedules and /admin/batches: what is done by the clock, and scoring runs. For
/// administrators.
void add_schedule_routes(Router& router, std::function<Result<SchedulerActor>()> scheduler);

}  // namespace jobraker::net
