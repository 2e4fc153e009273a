#pragma once

#include "messages/context.hpp"
#include "messages/operation.hpp"

namespace jobraker::operation {

/// What is logged at present, by the whole process.
LogLevel log_level();

/// Changes it for every logger there is or will be, and says so in the log whatever the level,
/// with the id of who wanted it.
void set_log_level(LogLevel level, const Principal& by);

}  // namespace jobraker::operation
