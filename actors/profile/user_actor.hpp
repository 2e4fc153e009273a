#pragma once

#include <string>

#include "actors/system/services.hpp"

namespace jobraker {

/// Starts `/users/{id}`: loads the person's rows, then is their only writer.
UserActor start_user(Services& services, const UserId& id, const std::string& path);

}  // namespace jobraker
