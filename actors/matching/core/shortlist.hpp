#pragma once

#include <span>
#include <string>
#include <vector>

#include "actors/matching/core/eligibility.hpp"
#include "actors/matching/core/top_rows.hpp"

namespace jobraker::matching {

/// One posting of a shortlist.
struct Candidate {
  JobId job{};
  float similarity = 0;
  bool operator==(const Candidate&) const = default;
};

/// The order of every ranking here: higher similarity first, then the smaller id.
inline bool better(const Candidate& a, const Candidate& b) noexcept {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.job < b.job;
}

/// One person to find jobs for.
struct ShortlistUser {
  std::vector<float>
    folded;  ///< `fold(vectors)`; empty: nothing is known, and the shortlist is empty
  HardFilters filters{};
};

/// What was found: at most k, best first.
struct Shortlist {
  std::vector<Candidate> jobs;
  EligibilityCounts counts{};  ///< filled when `ShortlistOptions::count_reasons`
};

struct ShortlistOptions {
  std::size_t k = 200;
  /// Counts for each person how many postings each filter took out (one check a pair, so for few
  /// people); otherwise a posting is only checked when its score is good enough.
  bool count_reasons = false;
  ScoreTile score_tile = &score_tile_sgemm;
};

/// For each user the k most similar eligible postings. Deterministic for one build, machine and
/// batch; equal scores go by id. Memory beyond the result: under 8 MB, whatever the sizes.
std::vector<Shortlist> top_k(std::span<const ShortlistUser> users, const Snapshot& jobs,
                             const ShortlistOptions& options = {});

/// Turns off OpenBLAS's own threads (we run one batch a core) and names the kernel it chose, e.g.
/// `SkylakeX`. Call once at start and log it: an exported OPENBLAS_CORETYPE can halve the speed.
std::string prepare_blas();

}  // namespace jobraker::matching
