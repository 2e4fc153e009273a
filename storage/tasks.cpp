#include "storage/tasks.hpp"

namespace jobraker::storage {
namespace {

#define TASK_COLUMNS                                                                               \
  "id, kind, owner, status, stage, done, total, result, error, created_at, updated_at, "           \
  "started_at, finished_at"

constexpr std::string_view create_task_sql =
  "INSERT INTO tasks (id, kind, owner, total) VALUES ($1, $2, $3, $4) RETURNING " TASK_COLUMNS;

constexpr std::string_view find_task_sql = "SELECT " TASK_COLUMNS " FROM tasks WHERE id = $1";

constexpr std::string_view unfinished_tasks_sql =
  "SELECT " TASK_COLUMNS " FROM tasks WHERE kind = $1 AND status IN ('queued', 'running') "
  "ORDER BY created_at, id";

constexpr std::string_view progress_task_sql = R"sql(
  UPDATE tasks SET status = 'running', stage = $2, done = $3, total = $4, updated_at = now(),
    started_at = coalesce(started_at, now())
  WHERE id = $1 AND status IN ('queued', 'running')
)sql";

constexpr std::string_view finish_task_sql = R"sql(
  UPDATE tasks SET status = 'done', result = $2, updated_at = now(), finished_at = now(),
    started_at = coalesce(started_at, now())
  WHERE id = $1 AND status IN ('queued', 'running')
)sql";

constexpr std::string_view fail_task_sql = R"sql(
  UPDATE tasks SET status = 'failed', error = $2, updated_at = now(), finished_at = now()
  WHERE id = $1 AND status IN ('queued', 'running')
)sql";

TaskRecord to_task(const Row& row) {
  TaskRecord t;
  row.read(t.id, t.kind, t.owner, t.state, t.stage, t.done, t.total, t.result, t.error,
           t.created_at, t.updated_at, t.started_at, t.finished_at);
  return t;
}

/// Runs an update of one unfinished task and says why when there was none.
task<Done> change(Session& session, std::string_view sql, TaskId id, Params params) {
  auto rows = co_await session.query(sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 1)
    co_return Done{};
  auto found = co_await find_task(session, id);
  if (!found)
    co_return fail(std::move(found.error()));
  co_return fail(Errc::conflict, "the task has ended already");
}

}  // namespace

task<Result<TaskRecord>> create_task(Session& session, TaskId id, std::string kind,
                                     std::optional<UserId> owner, std::int64_t total) {
  auto rows = co_await session.query(create_task_sql, {id, kind, owner, total});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_task(rows->front());
}

task<Done> progress_task(Session& session, TaskId id, std::string stage, std::int64_t done,
                         std::int64_t total) {
  return change(session, progress_task_sql, id, {id, stage, done, total});
}

task<Done> finish_task(Session& session, TaskId id, std::string result_json) {
  return change(session, finish_task_sql, id, {id, result_json});
}

task<Done> fail_task(Session& session, TaskId id, std::string error_json) {
  return change(session, fail_task_sql, id, {id, error_json});
}

task<Result<TaskRecord>> find_task(Session& session, TaskId id) {
  auto rows = co_await session.query(find_task_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such task");
  co_return to_task(rows->front());
}

task<Result<std::vector<TaskRecord>>> unfinished_tasks(Session& session, std::string kind) {
  auto rows = co_await session.query(unfinished_tasks_sql, {kind});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<TaskRecord> tasks;
  for (auto row : *rows)
    tasks.push_back(to_task(row));
  co_return tasks;
}

}  // namespace jobraker::storage
