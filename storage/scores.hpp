#pragma once

#include <utility>
#include <vector>

#include "messages/enums.hpp"
#include "messages/matching.hpp"
#include "storage/session.hpp"

namespace jobraker {

/// Who has judged a pair. A rubric's score stands in until a model has judged it.
enum class JudgedBy : std::uint8_t { model, rubric };
template <>
inline constexpr std::string_view enum_names<JudgedBy>[] = {"model", "rubric"};

}  // namespace jobraker

/// Judged pairs of people and postings, at most one per user, job and version.
namespace jobraker::storage {

/// A judged posting, as a person sees it.
using Match = std::pair<JobScore, Job>;

/// A score that was stored.
struct StoredScore {
  UserId user{};
  JobId job{};
  bool first = false;  ///< nothing was stored of this pair before, under any version
};

/// Stores scores, each pair at most once among them; answers which. One whose user, job and version
/// have a score is left out, unless a rubric gave that one. A rubric's is also left out when a
/// model has judged the pair under this version and found it not worth storing. `created_at` of
/// zero means now. Errc::invalid when a score is outside 0 to 100, or a person is not there any
/// more.
task<Result<std::vector<StoredScore>>> store_scores(Session& session, std::vector<JobScore> scores,
                                                    JudgedBy judged_by);

/// The same for a model's scores; answers how many were stored.
task<Result<std::size_t>> insert_scores(Session& session, std::vector<JobScore> scores);

/// Takes back what only the rubric has said of these postings for this person and version: a model
/// has judged them not worth storing.
task<Done> drop_rubric_scores(Session& session, UserId user, std::int64_t version,
                              std::vector<JobId> jobs);

/// Takes back what only the rubric has said of a posting, but for these people; answers for whom.
task<Result<std::vector<UserId>>> drop_rubric_scores(Session& session, JobId job,
                                                     std::vector<UserId> but_for);

/// The postings that a model has judged for this person under this version, also those judged not
/// worth storing (batch items).
task<Result<std::vector<JobId>>> scored_jobs(Session& session, UserId user, std::int64_t version);

/// Active postings with their latest score for this person, when it is at least `min_score`; best
/// first. Scores of versions before that of the person's last run that judged anything do not
/// count.
task<Result<std::vector<Match>>> list_matches(Session& session, UserId user, double min_score,
                                              std::size_t limit, std::size_t skip = 0);

}  // namespace jobraker::storage
