#pragma once

#include "messages/context.hpp"
#include "messages/operation.hpp"
#include "messages/task.hpp"

namespace jobraker {
struct Services;
}

namespace jobraker::operation {

/// What is logged at present, by the whole process.
LogLevel log_level();

/// Changes it for every logger there is or will be, and says so in the log whatever the level,
/// with the id of who wanted it.
void set_log_level(LogLevel level, const Principal& by);

/// Changes it for the context's principal and writes that into the audit log. Who needs a louder
/// log may need it because the database is away: then the log's own line has to do.
task<void> change_log_level(Services& services, Context context, LogLevel level);

}  // namespace jobraker::operation
