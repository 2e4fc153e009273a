#pragma once

#include "actors/matching/core/geography.hpp"
#include "actors/matching/core/row_index.hpp"
#include "messages/jobs.hpp"

namespace jobraker::matching {

/// What the hard filters need to know of a posting; one row beside each vector.
struct JobFacts {
  JobId id{};
  Time posted_at = Time::min();   ///< `Time::min()` when unknown
  Time expires_at = Time::max();  ///< `Time::max()` when it names no deadline
  std::int64_t salary_max = 0;  ///< the most it pays, whole units a year; 0 when unknown or a guess
  Currency currency = 0;
  Country country = 0;
  Workplace workplace = Workplace::unknown;
  Seniority seniority = Seniority::unknown;
  JobStatus status = JobStatus::active;
  bool has_vectors = false;
  bool live = true;  ///< false: the row was removed or replaced and waits to be compacted away
  bool operator==(const JobFacts&) const = default;
};

/// The facts of a posting. An estimated salary counts as unknown: nobody is filtered out by a
/// guess.
JobFacts facts_of(const Job& job);

using JobBlock = RowBlock<JobFacts>;

/// All jobs at one moment.
using Snapshot = RowSnapshot<JobFacts>;

/// The postings in memory, for batches.
class JobIndex : public RowIndex<JobFacts> {
public:
  /// `jobs_max` bounds the memory: 6 KB a job.
  explicit JobIndex(std::size_t jobs_max);

  /// Adds a posting, or replaces what is known of it. Vectors both empty: keeps those it already
  /// has. Errc::invalid for a vector of the wrong size or length, Errc::too_large when the index is
  /// full.
  Done put(const Job& job, const JobVectors& vectors);
  /// The same from facts alone.
  Done put(const JobFacts& facts, const JobVectors& vectors);
};

}  // namespace jobraker::matching
