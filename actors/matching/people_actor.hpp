#pragma once

#include <string>

#include "actors/system/services.hpp"
#include "messages/people_handles.hpp"

namespace jobraker {

/// Starts `/system/people`: fills its memory from the stored vectors at once.
PeopleActor start_people(Services& services, const std::string& path);

}  // namespace jobraker
