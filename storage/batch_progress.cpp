#include <algorithm>

#include "messages/make_event.hpp"
#include "messages/match_found.hpp"
#include "storage/batches.hpp"
#include "storage/outbox.hpp"
#include "storage/scores.hpp"

namespace jobraker::storage {
namespace {

/// Makes those who write to one batch take turns, so that each sees what the one before has done.
constexpr std::string_view lock_batch_sql = R"sql(
  SELECT user_id, score_version, finished_at IS NOT NULL FROM batches WHERE id = $1 FOR UPDATE
)sql";

constexpr std::string_view mark_scored_sql = R"sql(
  UPDATE batch_items SET state = 'scored', error = ''
  WHERE batch_id = $1 AND job_id = ANY ($2::uuid[]) AND state = 'pending'
  RETURNING job_id
)sql";

constexpr std::string_view mark_failed_sql = R"sql(
  UPDATE batch_items SET attempts = attempts + 1, error = $3,
    state = CASE WHEN attempts + 1 >= $4 THEN 'failed' ELSE state END
  WHERE batch_id = $1 AND job_id = ANY ($2::uuid[]) AND state = 'pending'
  RETURNING job_id, state
)sql";

constexpr std::string_view progress_sql = R"sql(
  UPDATE tasks SET status = 'running', stage = 'scoring', done = i.done, total = i.total,
    updated_at = now(), started_at = coalesce(started_at, now())
  FROM (SELECT count(*) FILTER (WHERE state <> 'pending') AS done, count(*) AS total
        FROM batch_items WHERE batch_id = $1) i
  WHERE id = $1 AND status IN ('queued', 'running')
  RETURNING tasks.done, tasks.total
)sql";

constexpr std::string_view end_batch_sql = R"sql(
  UPDATE batches SET finished_at = now() WHERE id = $1 AND finished_at IS NULL
)sql";

/// The person and the version whose scores this batch may store.
struct Locked {
  UserId user{};
  std::int64_t version = 0;
};

task<Result<Locked>> lock_open_batch(Transaction& transaction, TaskId batch) {
  auto rows = co_await transaction.query(lock_batch_sql, {batch});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such batch");
  Locked locked;
  bool finished = false;
  rows->front().read(locked.user, locked.version, finished);
  if (finished)
    co_return fail(Errc::conflict, "the batch has ended already");
  co_return locked;
}

/// What a batch judged, sorted out.
struct Fresh {
  std::vector<JobScore> keep{};  ///< to be stored
  std::vector<JobId> low{};      ///< not worth it
};

/// What is new among what was judged: each of `keep` must be of the batch's person and version.
Result<Fresh> sort_out(const Rows& marked, const Locked& locked,
                       const std::vector<JobScore>& keep) {
  Fresh fresh;
  for (const auto& score : keep)
    if (score.user_id != locked.user || score.version != locked.version)
      return fail(Errc::invalid, "a score is not of the batch's person and version");
  for (auto row : marked) {
    auto job = row.get<JobId>(0);
    auto score =
      std::find_if(keep.begin(), keep.end(), [&](const JobScore& s) { return s.job_id == job; });
    if (score != keep.end())
      fresh.keep.push_back(*score);
    else
      fresh.low.push_back(job);
  }
  return fresh;
}

/// Stores what is to be kept, tells of pairs that nobody had found before, and takes back what the
/// rubric alone had found and the model has not. Answers how many were stored.
task<Result<std::size_t>> store_fresh(Session& session, const Locked& locked, Fresh fresh) {
  auto stored = co_await store_scores(session, fresh.keep, JudgedBy::model);
  if (!stored)
    co_return fail(std::move(stored.error()));
  auto dropped = co_await drop_rubric_scores(session, locked.user, locked.version, fresh.low);
  if (!dropped)
    co_return fail(std::move(dropped.error()));
  std::vector<Event> events;
  for (const auto& one : *stored)
    if (one.first)
      for (const auto& score : fresh.keep)
        if (score.job_id == one.job)
          events.push_back(make_event(match_found(score, "batch"), now()));
  if (auto told = co_await append_events(session, std::move(events)); !told)
    co_return fail(std::move(told.error()));
  co_return stored->size();
}

task<Done> end(Session& session, TaskId batch, bool well, std::string outcome) {
  co_return co_await session.transaction([&](Transaction& transaction) -> task<Done> {
    auto locked = co_await lock_open_batch(transaction, batch);
    if (!locked)
      co_return fail(std::move(locked.error()));
    auto ended = co_await transaction.query(end_batch_sql, {batch});
    if (!ended)
      co_return fail(std::move(ended.error()));
    if (well)
      co_return co_await finish_task(transaction, batch, outcome);
    co_return co_await fail_task(transaction, batch, outcome);
  });
}

}  // namespace

task<Result<Judged>> record_judged(Session& session, TaskId batch, std::vector<JobId> judged,
                                   std::vector<JobScore> keep) {
  co_return co_await session.transaction([&](Transaction& transaction) -> task<Result<Judged>> {
    auto locked = co_await lock_open_batch(transaction, batch);
    if (!locked)
      co_return fail(std::move(locked.error()));
    auto marked = co_await transaction.query(mark_scored_sql, {batch, judged});
    if (!marked)
      co_return fail(std::move(marked.error()));
    auto fresh = sort_out(*marked, *locked, keep);
    if (!fresh)
      co_return fail(std::move(fresh.error()));
    auto progress = co_await transaction.query(progress_sql, {batch});
    if (!progress)
      co_return fail(std::move(progress.error()));
    if (progress->empty())
      co_return fail(Errc::conflict, "the batch's task has ended already");
    Judged done{marked->size(), 0, 0, 0};
    progress->front().read(done.done, done.total);
    // Last, because telling may have to wait for others.
    auto stored = co_await store_fresh(transaction, *locked, std::move(*fresh));
    if (!stored)
      co_return fail(std::move(stored.error()));
    done.scores = *stored;
    co_return done;
  });
}

task<Result<std::vector<JobId>>> mark_failed(Session& session, TaskId batch,
                                             std::vector<JobId> jobs, std::string error,
                                             std::int64_t attempts_max) {
  co_return co_await session.transaction(
    [&](Transaction& transaction) -> task<Result<std::vector<JobId>>> {
      auto locked = co_await lock_open_batch(transaction, batch);
      if (!locked)
        co_return fail(std::move(locked.error()));
      auto rows = co_await transaction.query(mark_failed_sql, {batch, jobs, error, attempts_max});
      if (!rows)
        co_return fail(std::move(rows.error()));
      std::vector<JobId> failed;
      for (auto row : *rows)
        if (row.get<BatchItemState>(1) == BatchItemState::failed)
          failed.push_back(row.get<JobId>(0));
      auto progress = co_await transaction.query(progress_sql, {batch});
      if (!progress)
        co_return fail(std::move(progress.error()));
      co_return failed;
    });
}

task<Done> finish_batch(Session& session, TaskId batch, std::string result_json) {
  return end(session, batch, true, std::move(result_json));
}

task<Done> fail_batch(Session& session, TaskId batch, std::string error_json) {
  return end(session, batch, false, std::move(error_json));
}

}  // namespace jobraker::storage
