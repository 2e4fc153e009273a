#pragma once

#include <string>

#include "messages/interviews.hpp"

namespace jobraker::interviews {

/// An interview as an iCalendar object with one event (RFC 5545), times in UTC. A client that has
/// the event replaces it: UID is the interview's id, SEQUENCE grows with its version. METHOD is
/// PUBLISH, and CANCEL for one that is cancelled (RFC 5546).
std::string to_icalendar(const Interview& interview);

}  // namespace jobraker::interviews
