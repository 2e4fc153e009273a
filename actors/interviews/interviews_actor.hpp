#pragma once

#include <string>

#include "actors/system/services.hpp"
#include "messages/interview_handles.hpp"

namespace jobraker {

/// Starts `/system/interviews`.
InterviewsActor start_interviews(Services& services, const std::string& path);

}  // namespace jobraker
