#pragma once

#include "messages/events.hpp"
#include "messages/matching.hpp"

namespace jobraker {

/// What is told of a score that was stored, `found_by` `batch` or `posting`.
inline MatchFound match_found(const JobScore& score, std::string found_by) {
  return {score.user_id, score.job_id, score.compatibility_score, score.confidence_score / 100,
          std::move(found_by)};
}

}  // namespace jobraker
