#pragma once

#include "actors/operation/core/event_families.hpp"

namespace jobraker::operation {

/// Applications by state, of all people; states that none is in are 0.
void add_applications(Families& families, const std::vector<Share>& by_state);

}  // namespace jobraker::operation
