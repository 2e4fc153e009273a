#include "storage/operation_figures.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view dead_letters_sql = R"sql(
  SELECT topic, count(*) FROM dead_letters WHERE replayed_at IS NULL GROUP BY topic
)sql";

constexpr std::string_view applications_sql = R"sql(
  SELECT status, count(*) FROM applications GROUP BY status
)sql";

// The index of those under way is small.
constexpr std::string_view stale_sql = R"sql(
  SELECT count(*) FROM submissions WHERE phase IN ('creating', 'looking', 'running') AND stale
)sql";

constexpr std::string_view stale_kits_sql = R"sql(
  SELECT w.id, greatest(w.updated_at, s.moved_at) AS moved_at
  FROM workflows w LEFT JOIN LATERAL (
    SELECT greatest(max(started_at), max(finished_at)) AS moved_at FROM workflow_steps
    WHERE workflow_id = w.id) s ON true
  WHERE w.state = 'running' AND w.updated_at < $1
    AND greatest(w.updated_at, s.moved_at) < $1
  ORDER BY moved_at, w.id LIMIT 50
)sql";

constexpr std::string_view schedules_sql = R"sql(
  SELECT name, runs, failures,
    CASE WHEN paused OR next_at IS NULL THEN 0
         ELSE greatest(0, extract(epoch FROM $1::timestamptz - next_at)) END::double precision
  FROM schedules ORDER BY name
)sql";

task<Result<Counts>> counts(Session& session, std::string_view sql) {
  auto rows = co_await session.query(sql);
  if (!rows)
    co_return fail(std::move(rows.error()));
  Counts out;
  for (const auto& row : *rows)
    out.emplace_back(row.get<std::string>(0), row.get<std::int64_t>(1));
  co_return out;
}

}  // namespace

task<Result<std::vector<ScheduleFigures>>> schedule_figures(Session& session, Time now) {
  auto rows = co_await session.query(schedules_sql, {now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<ScheduleFigures> out;
  for (const auto& row : *rows) {
    auto& one = out.emplace_back();
    row.read(one.name, one.runs, one.failures, one.overdue_seconds);
  }
  co_return out;
}

task<Result<Counts>> count_dead_letters(Session& session) {
  return counts(session, dead_letters_sql);
}

task<Result<Counts>> count_applications(Session& session) {
  return counts(session, applications_sql);
}

task<Result<std::int64_t>> count_stale_submissions(Session& session) {
  auto rows = co_await session.query(stale_sql);
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->front().get<std::int64_t>(0);
}

task<Result<std::vector<WorkUnderWay>>> find_stale_kits(Session& session, Time before) {
  auto kits = co_await session.query(stale_kits_sql, before);
  if (!kits)
    co_return fail(std::move(kits.error()));
  std::vector<WorkUnderWay> out;
  for (const auto& row : *kits)
    out.push_back({"/workflows/" + to_string(row.get<Uuid>(0)), row.get<Time>(1), std::nullopt});
  co_return out;
}

}  // namespace jobraker::storage
