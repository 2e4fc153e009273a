#pragma once

#include <string>

#include "actors/system/services.hpp"

namespace jobraker {

/// Starts `/integrations/openai`.
ModelActor start_model(Services& services, const std::string& path);

}  // namespace jobraker
