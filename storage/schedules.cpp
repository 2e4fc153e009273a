#include "storage/schedules.hpp"

#include <algorithm>

#include "storage/place.hpp"
#include "storage/schedule_rows.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 200;

constexpr std::string_view define_sql = R"sql(
  INSERT INTO schedules AS s (name, title, cron, every_s, time_zone, next_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (name) DO UPDATE SET
    title = excluded.title, cron = excluded.cron, every_s = excluded.every_s,
    time_zone = excluded.time_zone, updated_at = excluded.updated_at,
    next_at = CASE
      WHEN s.paused THEN NULL
      WHEN (s.cron, s.every_s, s.time_zone)
        IS DISTINCT FROM (excluded.cron, excluded.every_s, excluded.time_zone) THEN excluded.next_at
      ELSE s.next_at END
  WHERE (s.title, s.cron, s.every_s, s.time_zone)
    IS DISTINCT FROM (excluded.title, excluded.cron, excluded.every_s, excluded.time_zone)
)sql";

// A run under way comes before all others, whatever the nodes' clocks say of its beginning.
constexpr std::string_view find_sql =
  "SELECT s.name, s.title, s.cron, s.every_s, s.time_zone, s.paused, s.next_at, s.runs, "
  "s.failures, e.lease_until, r.id IS NOT NULL, " SCHEDULE_RUN_COLUMNS " FROM schedules s "
  "LEFT JOIN LATERAL (SELECT * FROM schedule_runs WHERE schedule = s.name "
  "ORDER BY outcome = 'running' DESC, started_at DESC, id DESC LIMIT 1) r ON true "
  "LEFT JOIN effects e ON e.kind = $2 AND e.key = r.key AND e.state = 'reserved' "
  "WHERE s.name = ANY ($1::text[]) ORDER BY s.name";

constexpr std::string_view pause_sql = R"sql(
  UPDATE schedules SET paused = $2, updated_at = $4,
    next_at = CASE WHEN $2 THEN NULL WHEN paused THEN $3 ELSE next_at END
  WHERE name = $1
)sql";

constexpr std::string_view list_runs_sql =
  "SELECT " SCHEDULE_RUN_COLUMNS " FROM schedule_runs r WHERE r.schedule = $1 "
  "AND ($2::timestamptz IS NULL OR (r.started_at, r.id) < ($2, $3::uuid)) "
  "ORDER BY r.started_at DESC, r.id DESC LIMIT $4";

ScheduleRecord to_record(const Row& row) {
  ScheduleRecord record;
  auto& s = record.schedule;
  std::optional<Time> lease;
  bool has_run = false;
  row.read(s.name, s.title, s.cron, s.every_s, s.time_zone, s.paused, s.next_run_at, s.runs,
           s.failures, lease, has_run);
  constexpr std::size_t columns_before = 11;
  if (!has_run)
    return record;
  s.last_run = to_schedule_run(row, columns_before);
  if (s.last_run->outcome == RunOutcome::running) {
    s.running_since = s.last_run->started_at;
    record.busy_until = lease;
  }
  return record;
}

}  // namespace

ScheduleRun to_schedule_run(const Row& row, std::size_t first) {
  ScheduleRun run;
  run.id = row.get<ScheduleRunId>(first);
  run.schedule = row.get<std::string>(first + 1);
  run.started_at = row.get<Time>(first + 2);
  run.ended_at = row.get<std::optional<Time>>(first + 3);
  run.outcome = row.get<RunOutcome>(first + 4);
  run.detail = row.get<std::optional<std::string>>(first + 5);
  const auto by = row.get<std::optional<UserId>>(first + 6);
  run.by = by ? to_string(*by) : "schedule";
  return run;
}

task<Done> define_schedules(Session& session, std::vector<ScheduleDefinition> definitions,
                            Time now) {
  for (const auto& d : definitions)
    if (auto rows = co_await session.query(
          define_sql, {d.name, d.title, d.cron, d.every_s, d.time_zone, d.next_at, now});
        !rows)
      co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<std::vector<ScheduleRecord>>> find_schedules(Session& session,
                                                         std::vector<std::string> names) {
  auto rows = co_await session.query(find_sql, {names, schedule_run.name});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<ScheduleRecord> records;
  for (const auto& row : *rows)
    records.push_back(to_record(row));
  co_return records;
}

task<Done> pause_schedule(Session& session, std::string name, bool paused,
                          std::optional<Time> next_at, Time now) {
  auto rows = co_await session.query(pause_sql, {name, paused, next_at, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 0)
    co_return fail(Errc::not_found, "there is no schedule " + name);
  co_return Done{};
}

task<Result<ScheduleRunPage>> list_schedule_runs(Session& session, ListScheduleRuns query) {
  const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  std::optional<Place> place;
  if (query.cursor && !(place = from_cursor(*query.cursor)))
    co_return fail(Errc::invalid, "the cursor is not one of this list");
  auto rows = co_await session.query(list_runs_sql,
                                     {query.name, place ? std::optional{place->at} : std::nullopt,
                                      place ? std::optional{place->id} : std::nullopt, limit + 1});
  if (!rows)
    co_return fail(std::move(rows.error()));
  ScheduleRunPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_schedule_run((*rows)[i], 0));
  if (rows->size() > limit)
    page.next = to_cursor({page.items.back().started_at, page.items.back().id.uuid});
  co_return page;
}

}  // namespace jobraker::storage
