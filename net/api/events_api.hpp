#pragma once

#include <functional>

#include "messages/event_commands.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// What waits to be told, who hears it, and what was set aside. For administrators.
void add_event_routes(Router& router, std::function<Result<EventsDeskActor>()> desk);

}  // namespace jobraker::net
