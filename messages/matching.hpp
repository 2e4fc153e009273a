#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/jobs.hpp"

namespace jobraker {

/// One pair of person and posting, judged; one row of `job_scores`. All scores run from 0 to 100.
/// The four sub-scores come from the rubric, culture and the rest from the model.
struct JobScore {
  static constexpr auto type_name = "JobScore";
  UserId user_id{};
  JobId job_id{};
  std::int64_t version = 1;  ///< of prompt, rubric and model together; unique with user and job
  double compatibility_score = 0;
  double confidence_score = 0;
  std::string ai_reasoning{};
  Strings match_factors{};
  Strings mismatch_factors{};
  double skills_match_score = 0;
  double location_match_score = 0;
  double experience_match_score = 0;
  double salary_match_score = 0;
  double culture_match_score = 0;
  Time created_at{};

  static constexpr auto fields() {
    constexpr FieldRules percent{.min = 0, .max = 100};
    return std::tuple{field("user_id", &JobScore::user_id),
                      field("job_id", &JobScore::job_id),
                      field("version", &JobScore::version),
                      field("compatibility_score", &JobScore::compatibility_score, percent),
                      field("confidence_score", &JobScore::confidence_score, percent),
                      field("ai_reasoning", &JobScore::ai_reasoning, {.max_length = 4000}),
                      field("match_factors", &JobScore::match_factors),
                      field("mismatch_factors", &JobScore::mismatch_factors),
                      field("skills_match_score", &JobScore::skills_match_score, percent),
                      field("location_match_score", &JobScore::location_match_score, percent),
                      field("experience_match_score", &JobScore::experience_match_score, percent),
                      field("salary_match_score", &JobScore::salary_match_score, percent),
                      field("culture_match_score", &JobScore::culture_match_score, percent),
                      field("created_at", &JobScore::created_at)};
  }
};

/// Similarity vectors have this many dimensions everywhere (pgvector column, memory, requests).
inline constexpr std::size_t embedding_dimensions = 768;

/// A unit vector of `embedding_dimensions` floats, or empty when there is nothing to embed.
using Embedding = std::vector<float>;

/// A person's three vectors (design §6). An empty one is missing: its weight goes to the others.
struct UserVectors {
  Embedding skills{};
  Embedding experience{};
  Embedding goals{};
};

/// A posting's two vectors.
struct JobVectors {
  Embedding description{};
  Embedding requirements{};
};

}  // namespace jobraker
