#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/matching.hpp"
#include "storage/tasks.hpp"

namespace jobraker {

/// Where one posting of a batch stands.
enum class BatchItemState : std::uint8_t { pending, scored, failed };
template <>
inline constexpr std::string_view enum_names<BatchItemState>[] = {"pending", "scored", "failed"};

}  // namespace jobraker

/// Scoring batches. There are no claims: one actor drives a batch, what it has judged is written
/// together with the scores, and whatever is still pending after a crash is judged then. A person
/// has at most one open batch, so no pair is judged by two.
namespace jobraker::storage {

/// One posting of a batch.
struct BatchItem {
  JobId job_id{};
  std::int64_t rank = 0;                ///< place in the shortlist, 0 first
  std::optional<std::string> rubric{};  ///< JSON: what the rubric found
  BatchItemState state = BatchItemState::pending;
  std::int64_t attempts = 0;
  std::string error{};  ///< of the last attempt that failed
};

/// One scoring run for one person. Its id is that of its task.
struct Batch {
  TaskId id{};
  UserId user_id{};
  std::string params = "{}";  ///< JSON of the request
  std::int64_t score_version = 1;
  Time created_at{};
  std::optional<Time> finished_at{};
  std::vector<BatchItem> items{};  ///< by rank
};

/// Creates the task (kind `score_jobs`, total = number of items), the batch and its items in one
/// transaction. Errc::conflict when the person has an open batch: see open_batch.
task<Done> create_batch(Session& session, Batch batch);

/// Replaces the items of an open batch that has none yet, for a batch created before its shortlist
/// was known. Errc::conflict when it has some or has finished.
task<Done> set_batch_items(Session& session, TaskId batch, std::vector<BatchItem> items);

/// The batch with all items, or Errc::not_found.
task<Result<Batch>> load_batch(Session& session, TaskId batch);

/// The person's unfinished batch, if any.
task<Result<std::optional<TaskId>>> open_batch(Session& session, UserId user);

/// The person's latest batch, or Errc::not_found.
task<Result<TaskId>> latest_batch(Session& session, UserId user);

/// All unfinished batches, oldest first: what a start has to take up again.
task<Result<std::vector<TaskId>>> unfinished_batches(Session& session);

/// What record_judged did.
struct Judged {
  std::size_t items = 0;   ///< that were pending and are scored now
  std::size_t scores = 0;  ///< stored anew
  std::int64_t done = 0;   ///< items of the batch no longer pending
  std::int64_t total = 0;
};

/// Marks items scored and stores the scores worth keeping, in one transaction with the task's
/// progress. A score whose item is not pending (any more), or that is already stored, is left out:
/// sending the same again changes nothing. `keep` holds scores of jobs among `judged`.
task<Result<Judged>> record_judged(Session& session, TaskId batch, std::vector<JobId> judged,
                                   std::vector<JobScore> keep);

/// Counts a failed attempt for these pending items; they become failed when `attempts_max` is
/// reached. Answers which have.
task<Result<std::vector<JobId>>> mark_failed(Session& session, TaskId batch,
                                             std::vector<JobId> jobs, std::string error,
                                             std::int64_t attempts_max);

/// Ends the batch and its task. Errc::conflict when it has ended already, not_found when there is
/// none.
task<Done> finish_batch(Session& session, TaskId batch, std::string result_json);
task<Done> fail_batch(Session& session, TaskId batch, std::string error_json);

}  // namespace jobraker::storage
