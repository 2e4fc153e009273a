#pragma once

#include "actors/matching/core/eligibility.hpp"
#include "actors/matching/core/rubric.hpp"
#include "config/config.hpp"

namespace jobraker::matching {

/// How much each part of the rubric counts, by the configuration.
inline RubricWeights weights_of(const MatchingConfig& config) {
  return RubricWeights::of(config.weight_skills, config.weight_experience, config.weight_location,
                           config.weight_salary);
}

/// The hard filters' settings, by the configuration.
inline FilterSettings filter_settings(const MatchingConfig& config) {
  FilterSettings settings;
  settings.days_back = static_cast<int>(config.days_back);
  return settings;
}

}  // namespace jobraker::matching
