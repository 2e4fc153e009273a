#pragma once

#include <string>

#include "actors/system/services.hpp"

namespace jobraker {

/// Starts `/system/jobs`.
JobsActor start_jobs(Services& services, const std::string& path);

}  // namespace jobraker
