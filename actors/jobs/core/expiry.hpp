#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

struct ExpirySettings {
  int age_days_max = 60;  ///< of postings that name no deadline
};

/// Why an active job has to be marked expired at `now`, or nothing. A deadline that is only a date
/// (midnight) lasts until the end of that day anywhere on Earth (UTC-12). Age counts from
/// `posted_at`; on employers' own boards, whose listing is the truth, from when it was `last_seen`.
std::optional<ExpiryReason> expiry_of(const Job& job, Time now, const ExpirySettings& settings,
                                      std::optional<Time> last_seen = std::nullopt);

/// A stored, active posting of a listing.
struct KnownPosting {
  JobId id{};
  std::string source_id{};
};

/// Which known postings a listing says are gone: none unless it is complete, none that is among its
/// problems, and none at all when an unreadable item could not be told apart by an id.
std::vector<JobId> gone_from(const Listing& listing, std::span<const KnownPosting> known);

}  // namespace jobraker
