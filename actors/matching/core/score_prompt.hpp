#pragma once

#include <span>
#include <string>
#include <vector>

#include "actors/matching/core/rubric.hpp"
#include "messages/jobs.hpp"
#include "messages/matching.hpp"
#include "messages/profile.hpp"
#include "messages/result.hpp"

namespace jobraker::matching {

struct PromptSettings {
  std::size_t description_max = 3000;  ///< bytes of a posting's text
  std::size_t experience_max = 1200;   ///< bytes of each employment's description
  std::size_t employments_max = 8;
};

/// One posting to be judged, with what the rubric says of it.
struct PromptJob {
  const Job* job = nullptr;
  RubricScore rubric{};
};

/// The user message of operation `score_jobs`: `<candidate>{…}</candidate>` and `<jobs>[…]</jobs>`.
/// Holds no name, e-mail, phone or street; no text in it can close or open these tags.
std::string score_prompt(const Profile& candidate, std::span<const PromptJob> jobs,
                         const PromptSettings& settings = {});

/// What the model said of one posting. Scores run from 0 to 100.
struct ScoredJob {
  JobId job_id{};
  double compatibility_score = 0;
  double confidence_score = 0;
  double culture_match_score = 0;
  std::string reasoning{};
  Strings match_factors{};
  Strings mismatch_factors{};
  bool operator==(const ScoredJob&) const = default;
};

/// An answer, sorted out.
struct ReadScores {
  std::vector<ScoredJob> scores{};  ///< in the order asked; each id at most once
  std::vector<JobId> missing{};     ///< asked for, and not there or not usable: ask again
  Strings problems{};               ///< what was wrong, for the log; never the model's prose
};

/// Reads the answer to a prompt about `expected` (config/prompts/score_jobs.schema.json).
/// Errc::upstream_failed when it is not such JSON at all. One bad item costs that item only: a
/// score that is no finite number makes it missing, one outside 0..100 is clamped; ids nobody asked
/// about are dropped; long texts are cut.
Result<ReadScores> read_scores(std::string_view answer, std::span<const JobId> expected);

/// The row to store: the model's judgement with the rubric's four sub-scores.
JobScore job_score(UserId user, const ScoredJob& scored, const RubricScore& rubric,
                   std::int64_t version, Time now);

}  // namespace jobraker::matching
