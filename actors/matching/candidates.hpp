#pragma once

#include "actors/matching/core/eligibility.hpp"
#include "actors/matching/core/job_index.hpp"
#include "actors/system/services.hpp"

namespace jobraker {

/// The shortlist out of memory: one pass over all vectors, on the work pool.
task<Result<Candidates>> candidates_in_memory(Services& services,
                                              std::shared_ptr<const matching::Snapshot> jobs,
                                              FindCandidates question);

/// The shortlist out of PostgreSQL, for when memory does not hold all jobs (yet): the nearest of
/// each pair of vectors by HNSW, made whole by an exact search when that comes back short, then
/// judged by the same similarity and filters.
task<Result<Candidates>> candidates_in_database(Services& services, FindCandidates question);

}  // namespace jobraker
