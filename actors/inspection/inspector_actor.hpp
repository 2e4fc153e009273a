#pragma once

#include "actors/inspection/inspection.hpp"
#include "actors/system/services.hpp"
#include "messages/inspection_handles.hpp"

namespace jobraker {

/// `/system/inspector`: what operators see of the actors, and what they do to them.
InspectorActor start_inspector(Services& services, inspection::Inspection& inspection,
                               const std::string& path);

}  // namespace jobraker
