#pragma once

#include <string>

#include "actors/system/services.hpp"

namespace jobraker {

/// Starts `/integrations/adzuna`.
SourceActor start_adzuna(Services& services, const std::string& path);
/// Starts `/integrations/feeds`: RSS and Atom.
SourceActor start_feeds(Services& services, const std::string& path);
/// Starts `/integrations/boards`: Greenhouse and Lever.
SourceActor start_boards(Services& services, const std::string& path);

}  // namespace jobraker
