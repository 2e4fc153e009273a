#pragma once

#include <string>
#include <vector>

#include "messages/jobs.hpp"
#include "storage/session.hpp"

/// The same job from several sources: found, merged, and taken apart again.
namespace jobraker::storage {

/// Jobs with this fingerprint that are not merged, oldest first. None for an empty fingerprint.
task<Result<std::vector<Job>>> jobs_by_fingerprint(Session& session, std::string fingerprint);

/// Up to `limit` active jobs of the same company under the same title, oldest first; letters' case,
/// spaces and punctuation do not count.
task<Result<std::vector<Job>>> duplicate_candidates(Session& session, std::string company,
                                                    std::string title, std::size_t limit = 50);

/// Makes other transactions that look for duplicates of the same company and title wait until this
/// one has ended.
task<Done> lock_duplicates(Transaction& transaction, std::string company, std::string title);

/// Marks `duplicate` as merged into `into` and keeps what it was. Errc::not_found when either is
/// missing; Errc::conflict when `into` is merged itself, `duplicate` is already or has others
/// merged into it (unmerge those first), or both are the same.
task<Done> merge_job(Session& session, JobId duplicate, JobId into, std::string reason, Time now);

/// Gives a merged job the state back that it had. Errc::conflict when it is not merged.
task<Done> unmerge_job(Session& session, JobId duplicate, Time now);

/// The jobs that are merged into this one, e.g. to unmerge one of them when this one expires.
task<Result<std::vector<JobId>>> jobs_merged_into(Session& session, JobId into);

}  // namespace jobraker::storage
