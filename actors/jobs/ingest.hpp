#pragma once

#include "actors/system/services.hpp"

namespace jobraker {

/// What became of one posting.
struct Ingested {
  JobId id{};
  enum class Outcome { inserted, updated, unchanged } outcome = Outcome::inserted;
  bool merged =
    false;  ///< it is a duplicate of a posting from elsewhere, or has become its survivor
};

/// Stores a posting and, when it is new or has changed, merges it with its duplicates: both in one
/// transaction.
task<Result<Ingested>> ingest(Services& services, FetchedPosting posting);

/// Ends the postings whose deadline or age has passed, and lets those speak that were merged into
/// them. Answers how many ended.
task<Result<std::int64_t>> expire_old_jobs(Services& services);

/// Fetches these searches (a few at a time), stores what they bring, expires what has to, embeds
/// what is new; reports progress on the task. One search's failure costs that search only.
task<Result<RefreshReport>> refresh(Services& services, TaskId task_id,
                                    std::vector<SavedSearch> searches);

}  // namespace jobraker
