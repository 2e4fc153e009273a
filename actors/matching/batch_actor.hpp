#pragma once

#include <string>

#include "actors/system/services.hpp"

namespace jobraker {

/// Starts `/batches/{id}`: takes a scoring run up from its rows and drives it to its end, however
/// often it is interrupted. It ends by itself.
BatchActor start_batch(Services& services, const TaskId& id, const std::string& path);

}  // namespace jobraker
