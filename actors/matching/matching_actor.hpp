#pragma once

#include <string>

#include "actors/system/services.hpp"

namespace jobraker {

/// Starts `/system/matching`: fills its memory from the stored vectors at once.
MatchingActor start_matching(Services& services, const std::string& path);

}  // namespace jobraker
