#pragma once

#include <string>

#include "actors/applications/application_services.hpp"

namespace jobraker {

/// Starts `/integrations/skyvern`: takes webhooks in and reads them, wakes applications whose time
/// has come and that nobody looks after, after a start too, and forgets what is old.
SubmissionsActor start_submissions(Services& services, const std::string& path);

}  // namespace jobraker
