#pragma once

#include <string>

#include "actors/system/services.hpp"

namespace jobraker {

/// Starts `/system/tasks`.
TasksActor start_tasks(Services& services, const std::string& path);

/// From a coroutine on an I/O thread: ends a task; its row is committed when this returns. A
/// failure to do so is logged: the work itself is done.
task<void> end_task(Services& services, TaskId id, Result<std::string> outcome);

/// Tells how far a task is; from anywhere.
void report_progress(Services& services, TaskId id, std::string stage, std::int64_t done,
                     std::int64_t total);

}  // namespace jobraker
