#pragma once

#include <string>

#include "messages/interviews.hpp"

namespace jobraker::net {

/// An interview as an iCalendar object with one event (RFC 5545), times in UTC, lines folded at 75
/// octets between characters. A client that has the event already replaces it: UID is the
/// interview's id, SEQUENCE grows with its version.
std::string to_icalendar(const Interview& interview);

}  // namespace jobraker::net
