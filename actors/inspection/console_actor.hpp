#pragma once

#include "actors/inspection/inspection.hpp"
#include "actors/system/services.hpp"
#include "messages/session.hpp"

namespace jobraker::inspection {

/// What the API needs to open consoles (`/consoles/{id}`): a WebSocket on which an operator watches
/// the actors. The lookout sends the figures; the actor hears what is wished.
OpenSession console_opener(Services& services, Inspection& inspection);

}  // namespace jobraker::inspection
