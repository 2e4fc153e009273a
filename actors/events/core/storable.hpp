#pragma once

#include <string>

#include "messages/events.hpp"

namespace jobraker::events {

/// The text as a table can hold it: what is not UTF-8 (RFC 3629), and NUL, as `?`.
std::string storable(std::string text);

/// Every text of the event like that.
Event storable(Event event);

}  // namespace jobraker::events
