#pragma once

#include <functional>

#include "messages/interview_handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /calendar/slots, /interviews, with their iCalendar files.
void add_interview_routes(Router& router, std::function<Result<InterviewsActor>()> interviews);

}  // namespace jobraker::net
