#pragma once

#include <span>
#include <vector>

#include "actors/matching/core/rubric.hpp"
#include "actors/matching/core/shortlist.hpp"

namespace jobraker::matching {

struct RankSettings {
  int similarity_percent = 30;  ///< how much the similarity counts beside the rubric, 0 to 100
  std::size_t limit = 50;       ///< how many go to the model
};

/// A posting after stage 2.
struct Ranked {
  JobId job{};
  float similarity = 0;
  RubricScore rubric{};
  Millipoints stage2 = 0;  ///< rubric and similarity together; what the order goes by
  bool operator==(const Ranked&) const = default;
};

/// The stage-2 order of a shortlist: similarity, stretched over the shortlist to 0..100, blended
/// with the rubric's total; best first, equal ones by rubric, then by id; cut at `limit`.
/// `scores[i]` belongs to `candidates[i]`.
std::vector<Ranked> rank(std::span<const Candidate> candidates, std::span<const RubricScore> scores,
                         const RankSettings& settings = {});

}  // namespace jobraker::matching
