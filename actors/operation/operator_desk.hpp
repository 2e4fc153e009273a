#pragma once

#include <string>

#include "actors/system/services.hpp"
#include "messages/operator_desk.hpp"

namespace jobraker::operation {

/// Starts `/system/operator`: lists across all people, for administrators.
OperatorDeskActor start_operator_desk(Services& services, const std::string& path);

}  // namespace jobraker::operation
