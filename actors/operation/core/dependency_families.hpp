#pragma once

#include "actors/operation/core/family.hpp"
#include "messages/operation.hpp"

namespace jobraker::operation {

/// `jobraker_up` and since when; of what nobody has needed yet nothing is said.
void add_families(Families& families, const std::vector<Dependency>& dependencies);

}  // namespace jobraker::operation
