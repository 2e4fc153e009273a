#pragma once

#include <optional>

#include "actors/applications/core/lifecycle.hpp"

/// What the parts of the lifecycle share.
namespace jobraker::applications {

/// Moves the status unless a person has set it by hand meanwhile. That it was sent is the truth,
/// whatever stands there.
bool follow(Standing& standing, ApplicationStatus to);

/// Whether the person still waits for the end, and has not said what became of it.
bool waited_for(ApplicationStatus status);

/// How long ago that was; nothing when it never was.
Milliseconds between(std::optional<Time> since, Time now);

/// The attempt is over. `certain`: nothing was sent, so another may begin.
void close(Step& step, bool certain);

/// Whether this attempt still waits for its run.
bool waits_for_run(const Submission& submission, std::int64_t attempt);

}  // namespace jobraker::applications
