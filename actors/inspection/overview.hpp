#pragma once

#include "actors/inspection/inspection.hpp"
#include "actors/system/services.hpp"
#include "messages/task.hpp"

namespace jobraker::inspection {

/// How the node stands, as JSON; what is not to be had in a second is null.
task<Result<std::string>> overview(Services& services, Inspection& inspection, Context context);

}  // namespace jobraker::inspection
