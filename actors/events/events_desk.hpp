#pragma once

#include "actors/events/event_services.hpp"
#include "actors/system/services.hpp"
#include "messages/event_commands.hpp"

namespace jobraker::events {

/// `/system/events`: what operators see of the events, and the replay of dead letters.
EventsDeskActor start_events_desk(Services& services, const std::string& path);

}  // namespace jobraker::events
