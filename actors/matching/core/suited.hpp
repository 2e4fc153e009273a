#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "actors/matching/core/job_index.hpp"
#include "actors/matching/core/people_index.hpp"
#include "actors/matching/core/top_rows.hpp"
#include "messages/matching.hpp"

/// The reverse search: which people does a posting suit?
namespace jobraker::matching {

/// A posting to find people for.
struct PostingQuery {
  JobFacts facts{};           ///< `has_vectors` as `folded` says
  std::vector<float> folded;  ///< `fold(vectors)`; empty: nothing is known, and nobody is found
  std::optional<UserId> posted_by{};  ///< is not offered their own posting
};
PostingQuery query_of(const Job& job, const JobVectors& vectors);

/// One person found. `person` is kept alive by the snapshot.
struct SuitedPerson {
  std::shared_ptr<const Person> person{};
  float similarity = 0;
};

struct SuitedOptions {
  std::size_t k = 500;
  FilterSettings filters{};
  Time now{};
  ScoreTile score_tile = &score_tile_sgemm;
};

/// For each posting the k most similar people whose hard filters it passes, best first: a pair is
/// found here if and only if the shortlist finds it, k permitting, with the same similarity up to
/// rounding. One matrix product for all postings; equal similarities go by id.
std::vector<std::vector<SuitedPerson>> suited_people(std::span<const PostingQuery> postings,
                                                     const PeopleSnapshot& people,
                                                     const SuitedOptions& options);

/// With this the reasoning of a score begins that no model has judged yet.
inline constexpr std::string_view rubric_reasoning = "By the rubric alone";

/// The row for a pair that only the rubric has judged, without its version: total and parts as they
/// are, the reasons in words. The confidence is at most 60, by how much could be judged at all: a
/// rubric compares words and figures and does not read.
JobScore rubric_score(const Person& person, const Job& job, const RubricJob& ready,
                      const RubricScore& scored, Time now);

}  // namespace jobraker::matching
