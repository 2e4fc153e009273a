#pragma once

#include <string>
#include <vector>

#include "messages/matching.hpp"

namespace jobraker {

/// One stored match as the API shows it.
using StoredMatch = std::pair<JobScore, Job>;

/// `{"items":[{…columns of job_scores…, "job":{…}}],"next":…}`: matches with at least `min_score`,
/// best first, `limit` of them after `skip`. `matches` is ordered best first.
std::string render_matches(const std::vector<StoredMatch>& matches, std::size_t limit,
                           std::size_t skip, double min_score);

}  // namespace jobraker
