#include "storage/retention.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view forget_audit_sql = R"sql(
  DELETE FROM audit_log WHERE id IN (
    SELECT id FROM audit_log WHERE at < $1 ORDER BY at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
)sql";

constexpr std::string_view forget_tasks_sql = R"sql(
  DELETE FROM tasks WHERE id IN (
    SELECT id FROM tasks WHERE finished_at < $1 ORDER BY finished_at LIMIT $2
    FOR UPDATE SKIP LOCKED)
)sql";

task<Result<std::size_t>> forget(Session& session, std::string_view sql, Time before,
                                 std::int64_t limit) {
  auto rows = co_await session.query(sql, {before, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace

task<Result<std::size_t>> forget_audit(Session& session, Time before, std::int64_t limit) {
  return forget(session, forget_audit_sql, before, limit);
}

task<Result<std::size_t>> forget_tasks(Session& session, Time before, std::int64_t limit) {
  return forget(session, forget_tasks_sql, before, limit);
}

}  // namespace jobraker::storage
