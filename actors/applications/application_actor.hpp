#pragma once

#include <string>

#include "actors/applications/application_services.hpp"

namespace jobraker {

/// Starts `/applications/{id}`: takes an application through its steps. It keeps nothing that is
/// not in the rows, so it may end at any time; it does when there is nothing to do for a while.
ApplicationActor start_application(Services& services, const ApplicationId& id,
                                   const std::string& path);

}  // namespace jobraker
