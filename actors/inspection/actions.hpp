#pragma once

#include "actors/inspection/inspection.hpp"
#include "actors/system/services.hpp"
#include "messages/inspection.hpp"
#include "messages/task.hpp"

namespace jobraker::inspection {

/// Does what an operator wants to an actor, or to all of a subtree: checks, writes the audit row,
/// and then acts. Nothing is done when the row cannot be written.
task<Result<ActionDone>> act(Services& services, Inspection& inspection, Context context,
                             ActOnActor wish);

/// An actor with its own summary: asks it, and waits half a second at most, since it may be stuck.
task<Result<std::string>> look_with_summary(Inspection& inspection, std::string path);

}  // namespace jobraker::inspection
