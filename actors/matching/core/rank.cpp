#include "actors/matching/core/rank.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace jobraker::matching {

std::vector<Ranked> rank(std::span<const Candidate> candidates, std::span<const RubricScore> scores,
                         const RankSettings& settings) {
  assert(candidates.size() == scores.size());
  std::vector<Ranked> out;
  if (candidates.empty())
    return out;
  auto [low, high] = std::minmax_element(
    candidates.begin(), candidates.end(),
    [](const Candidate& a, const Candidate& b) { return a.similarity < b.similarity; });
  // Cosines of one model lie close together (0.6 to 0.8, say): only their place among the others
  // tells.
  double floor = static_cast<double>(low->similarity);
  double range = static_cast<double>(high->similarity) - floor;
  std::int64_t share = std::clamp(settings.similarity_percent, 0, 100);
  out.reserve(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    double place = range > 0 ? (static_cast<double>(candidates[i].similarity) - floor) / range : 1;
    auto marks = static_cast<std::int64_t>(std::lround(place * full_marks));
    auto blended = (marks * share + std::int64_t{scores[i].total} * (100 - share)) / 100;
    out.push_back(
      {candidates[i].job, candidates[i].similarity, scores[i], static_cast<Millipoints>(blended)});
  }
  std::sort(out.begin(), out.end(), [](const Ranked& a, const Ranked& b) {
    if (a.stage2 != b.stage2)
      return a.stage2 > b.stage2;
    if (a.rubric.total != b.rubric.total)
      return a.rubric.total > b.rubric.total;
    return a.job < b.job;
  });
  if (out.size() > settings.limit)
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(settings.limit), out.end());
  return out;
}

}  // namespace jobraker::matching
