#pragma once

#include <memory>

#include "actors/applications/core/schedule.hpp"
#include "actors/inspection/lookout.hpp"
#include "actors/system/services.hpp"
#include "messages/task.hpp"
#include "storage/session.hpp"

namespace jobraker::inspection {

/// Reads which work stands still and tells the lookout, which makes alarms of it at its next look.
/// When the rows cannot be read it keeps what it was told. Names fifty applications and fifty kits
/// at most, those that have stood longest.
task<Done> look_under_way(storage::Session& session, Lookout& lookout,
                          applications::Schedule schedule);

/// Lets the lookout ask for that every fifteen seconds. Both must live as long as it does.
void watch_under_way(Services& services, Lookout& lookout);

}  // namespace jobraker::inspection
