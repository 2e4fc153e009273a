#include "actors/operation/core/work_families.hpp"

namespace jobraker::operation {

void add_families(Families& families, const WorkSums& work) {
  auto resumes = Family::counter(families, "jobraker_resumes_total",
                                 "Résumés by what became of them: parsed, or why not.");
  // There from the start, so that it can be seen that none was.
  if (!work.resumes.contains("parsed"))
    resumes.add(std::uint64_t{0}, {{"outcome", "parsed"}});
  for (const auto& [outcome, count] : work.resumes)
    resumes.add(count, {{"outcome", outcome}});
  Distribution scores;
  for (std::size_t i = 0; i + 1 < score_buckets; ++i)
    scores.bounds.push_back(static_cast<double>(i + 1) * 10);
  scores.counts.assign(work.scores.begin(), work.scores.end());
  scores.sum = work.score_sum;
  Family::histogram(families, "jobraker_match_score",
                    "Scores, 0 to 100, that a model gave to pairs of person and posting.")
    .add(scores);
}

}  // namespace jobraker::operation
