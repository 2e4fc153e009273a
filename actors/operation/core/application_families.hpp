#pragma once

#include "actors/operation/core/event_families.hpp"

namespace jobraker::operation {

/// Applications by state, of all people; states that none is in are 0.
void add_applications(Families& families, const std::vector<Share>& by_state);

/// Applications that are stuck by reason (applications/core/stuck), of all people; reasons that
/// none has are 0.
void add_stuck(Families& families, const std::vector<Share>& by_reason);

}  // namespace jobraker::operation
