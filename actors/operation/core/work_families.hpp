#pragma once

#include "actors/operation/core/family.hpp"
#include "actors/operation/core/work_figures.hpp"

namespace jobraker::operation {

/// Résumés and scores.
void add_families(Families& families, const WorkSums& work);

}  // namespace jobraker::operation
