#include "storage/batches.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view create_batch_sql = R"sql(
  INSERT INTO batches (id, user_id, params, score_version) VALUES ($1, $2, $3, $4)
)sql";

/// This batch judges the profile as it is, so nobody needs another one (storage/rescoring.hpp).
constexpr std::string_view no_longer_wanted_sql = R"sql(
  DELETE FROM scorings_wanted WHERE user_id = $1
)sql";

/// An empty rubric is a missing one.
constexpr std::string_view insert_items_sql = R"sql(
  INSERT INTO batch_items (batch_id, job_id, rank, rubric)
  SELECT $1, job_id, rank, nullif(rubric, '')::jsonb
  FROM unnest($2::uuid[], $3::bigint[], $4::text[]) AS i (job_id, rank, rubric)
)sql";

constexpr std::string_view open_for_items_sql = R"sql(
  SELECT finished_at IS NOT NULL OR EXISTS (SELECT FROM batch_items WHERE batch_id = b.id)
  FROM batches b WHERE id = $1 FOR UPDATE
)sql";

constexpr std::string_view total_sql = R"sql(
  UPDATE tasks SET total = $2, updated_at = now() WHERE id = $1
)sql";

constexpr std::string_view load_batch_sql = R"sql(
  SELECT id, user_id, params, score_version, created_at, finished_at FROM batches WHERE id = $1
)sql";

constexpr std::string_view load_items_sql = R"sql(
  SELECT job_id, rank, rubric, state, attempts, error FROM batch_items
  WHERE batch_id = $1 ORDER BY rank, job_id
)sql";

constexpr std::string_view open_batch_sql = R"sql(
  SELECT id FROM batches WHERE user_id = $1 AND finished_at IS NULL
)sql";

constexpr std::string_view latest_batch_sql = R"sql(
  SELECT id FROM batches WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1
)sql";

constexpr std::string_view unfinished_batches_sql = R"sql(
  SELECT id FROM batches WHERE finished_at IS NULL ORDER BY created_at, id
)sql";

task<Done> insert_items(Session& session, TaskId batch, const std::vector<BatchItem>& items) {
  std::vector<JobId> jobs;
  std::vector<std::int64_t> ranks;
  std::vector<std::string> rubrics;
  for (const auto& item : items) {
    jobs.push_back(item.job_id);
    ranks.push_back(item.rank);
    rubrics.push_back(item.rubric.value_or(""));
  }
  auto rows = co_await session.query(insert_items_sql, {batch, jobs, ranks, rubrics});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

}  // namespace

task<Done> create_batch(Session& session, Batch batch) {
  co_return co_await session.transaction([&](Transaction& transaction) -> task<Done> {
    auto created = co_await create_task(transaction, batch.id, "score_jobs", batch.user_id,
                                        static_cast<std::int64_t>(batch.items.size()));
    if (!created)
      co_return fail(std::move(created.error()));
    auto rows = co_await transaction.query(
      create_batch_sql, {batch.id, batch.user_id, batch.params, batch.score_version});
    if (!rows && rows.error().code == Errc::conflict)
      co_return fail(Errc::conflict, "this person's jobs are being scored already");
    if (!rows)
      co_return fail(std::move(rows.error()));
    auto wanted = co_await transaction.query(no_longer_wanted_sql, {batch.user_id});
    if (!wanted)
      co_return fail(std::move(wanted.error()));
    co_return co_await insert_items(transaction, batch.id, batch.items);
  });
}

task<Done> set_batch_items(Session& session, TaskId batch, std::vector<BatchItem> items) {
  co_return co_await session.transaction([&](Transaction& transaction) -> task<Done> {
    auto rows = co_await transaction.query(open_for_items_sql, {batch});
    if (!rows)
      co_return fail(std::move(rows.error()));
    if (rows->empty())
      co_return fail(Errc::not_found, "there is no such batch");
    if (rows->front().get<bool>(0))
      co_return fail(Errc::conflict, "the batch has its items already, or has ended");
    auto inserted = co_await insert_items(transaction, batch, items);
    if (!inserted)
      co_return fail(std::move(inserted.error()));
    auto counted = co_await transaction.query(total_sql, {batch, items.size()});
    if (!counted)
      co_return fail(std::move(counted.error()));
    co_return Done{};
  });
}

task<Result<Batch>> load_batch(Session& session, TaskId id) {
  auto rows = co_await session.query(load_batch_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such batch");
  Batch batch;
  rows->front().read(batch.id, batch.user_id, batch.params, batch.score_version, batch.created_at,
                     batch.finished_at);
  auto items = co_await session.query(load_items_sql, {id});
  if (!items)
    co_return fail(std::move(items.error()));
  for (auto row : *items) {
    auto& item = batch.items.emplace_back();
    row.read(item.job_id, item.rank, item.rubric, item.state, item.attempts, item.error);
  }
  co_return batch;
}

task<Result<std::optional<TaskId>>> open_batch(Session& session, UserId user) {
  auto rows = co_await session.query(open_batch_sql, {user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return std::nullopt;
  co_return rows->front().get<TaskId>(0);
}

task<Result<TaskId>> latest_batch(Session& session, UserId user) {
  auto rows = co_await session.query(latest_batch_sql, {user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "this person's jobs have never been scored");
  co_return rows->front().get<TaskId>(0);
}

task<Result<std::vector<TaskId>>> unfinished_batches(Session& session) {
  auto rows = co_await session.query(unfinished_batches_sql);
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<TaskId> ids;
  for (auto row : *rows)
    ids.push_back(row.get<TaskId>(0));
  co_return ids;
}

}  // namespace jobraker::storage
