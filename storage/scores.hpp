#pragma once

#include <utility>
#include <vector>

#include "messages/matching.hpp"
#include "storage/session.hpp"

/// Judged pairs of people and postings, at most one per user, job and version.
namespace jobraker::storage {

/// A judged posting, as a person sees it.
using Match = std::pair<JobScore, Job>;

/// Stores scores, skipping those whose user, job and version have one; answers how many were new.
/// `created_at` of zero means now. Errc::invalid when a score is outside 0 to 100.
task<Result<std::size_t>> insert_scores(Session& session, std::vector<JobScore> scores);

/// The postings judged for this person under this version, also those judged not worth storing
/// (batch items).
task<Result<std::vector<JobId>>> scored_jobs(Session& session, UserId user, std::int64_t version);

/// Active postings with their latest score for this person, when it is at least `min_score`; best
/// first. Scores of versions before that of the person's last run that judged anything do not
/// count.
task<Result<std::vector<Match>>> list_matches(Session& session, UserId user, double min_score,
                                              std::size_t limit, std::size_t skip = 0);

}  // namespace jobraker::storage
