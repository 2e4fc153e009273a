#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/jobs.hpp"
#include "storage/session.hpp"

/// Postings: stored once per source and source id, kept when they expire.
namespace jobraker::storage {

enum class UpsertOutcome : std::uint8_t { inserted, updated, unchanged };

/// What became of a fetched posting.
struct UpsertedJob {
  JobId id{};
  UpsertOutcome outcome = UpsertOutcome::inserted;
  bool revived = false;  ///< it had expired and is active again
};

/// What is stored beside a posting.
struct JobOrigin {
  std::string
    content_hash{};     ///< of everything that counts as content: another hash is another version
  std::string board{};  ///< the board, feed or search listing it came from
  std::string fingerprint{};  ///< equal for postings that may be the same job; may be empty
};

/// Stores a posting under its (source, source_id), keeping the id it has there; `job.id` is used
/// for a new one (made up when empty). The version grows only when the content hash changed; a
/// posting that is merely seen again has its `last_seen_at` moved to `now`. One that expired is
/// revived when it had gone from its source, or when its new deadline or date puts the old reason
/// aside; one withdrawn is not. `job.status`, `version` and times of storage are ignored.
/// Errc::invalid for values the table refuses.
task<Result<UpsertedJob>> upsert_job(Session& session, Job job, JobOrigin origin, Time now);

/// The job, or Errc::not_found.
task<Result<Job>> find_job(Session& session, JobId id);

/// Those of the jobs that exist, in no order.
task<Result<std::vector<Job>>> load_jobs(Session& session, std::vector<JobId> ids);

/// Marks an employer's posting withdrawn. Errc::not_found when there is no such active job.
task<Done> withdraw_job(Session& session, JobId id, Time now);

/// Expires the active postings of a board that were last seen before `seen_since`, the start of a
/// complete listing: gone_from_source. Answers which.
task<Result<std::vector<JobId>>> expire_jobs_gone(Session& session, SourceKind source,
                                                  std::string board, Time seen_since, Time now);

/// A posting that has just expired, and why.
struct ExpiredJob {
  JobId id{};
  ExpiryReason reason = ExpiryReason::too_old;
};

/// A posting and when its source last listed it.
struct SeenJob {
  Job job{};
  Time last_seen{};
};

/// Up to `limit` active postings with ids above `after` that may have ended: their deadline lies
/// before `now`, or they name none and were posted before `posted_before`. In order of id.
task<Result<std::vector<SeenJob>>> jobs_possibly_due(Session& session, Time now, Time posted_before,
                                                     std::optional<JobId> after, std::size_t limit);

/// Marks these postings expired for these reasons; those no longer active are left alone.
task<Done> expire_jobs(Session& session, std::vector<ExpiredJob> jobs, Time now);

/// Up to `limit` active jobs with ids above `after`, in order of id.
task<Result<std::vector<Job>>> active_jobs_page(Session& session, std::optional<JobId> after,
                                                std::size_t limit);

/// A change to a posting, for whoever keeps postings in memory.
struct JobChange {
  JobId id{};
  JobStatus status = JobStatus::active;
  Time updated_at{};
};

/// Up to `limit` jobs whose content or status changed at or after `since`, oldest change first.
task<Result<std::vector<JobChange>>> jobs_changed_since(Session& session, Time since,
                                                        std::size_t limit);

}  // namespace jobraker::storage
