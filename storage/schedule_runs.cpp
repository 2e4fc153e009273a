#include "storage/effect_rows.hpp"
#include "storage/schedule_rows.hpp"
#include "storage/schedules.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t lapsed_at_once = 100;
constexpr std::size_t detail_max = 500;

constexpr std::string_view lock_sql =
  "SELECT paused, next_at, EXISTS (SELECT FROM schedule_runs WHERE schedule = name "
  "AND outcome = 'running') FROM schedules WHERE name = $1 FOR UPDATE";

constexpr std::string_view begin_sql = R"sql(
  INSERT INTO schedule_runs (id, schedule, key, due_at, started_at, outcome, by_user)
  VALUES ($1, $2, $3::bytea, $4, $5, 'running', $6)
)sql";

constexpr std::string_view count_sql = R"sql(
  UPDATE schedules SET runs = runs + 1, next_at = $2, updated_at = $3 WHERE name = $1
)sql";

constexpr std::string_view trim_sql = R"sql(
  DELETE FROM schedule_runs WHERE schedule = $1 AND outcome <> 'running' AND id IN (
    SELECT id FROM schedule_runs WHERE schedule = $1 ORDER BY started_at DESC, id DESC OFFSET $2)
)sql";

constexpr std::string_view end_sql = R"sql(
  UPDATE schedule_runs SET outcome = $2, detail = $3, ended_at = greatest($4, started_at)
  WHERE id = $1 AND outcome = 'running'
)sql";

constexpr std::string_view settle_sql = R"sql(
  UPDATE schedules SET next_at = $2, failures = failures + $3, updated_at = $4 WHERE name = $1
)sql";

constexpr std::string_view abandon_sql =
  "WITH gone AS (UPDATE schedule_runs AS r SET outcome = 'abandoned', "
  "ended_at = greatest($2, started_at), detail = $3 "
  "WHERE r.key = ANY ($1::bytea[]) AND r.outcome = 'running' RETURNING " SCHEDULE_RUN_COLUMNS
  "), counted AS (UPDATE schedules s SET failures = failures + 1, updated_at = $2 FROM gone "
  "WHERE s.name = gone.schedule) SELECT * FROM gone";

/// A schedule's row under lock.
struct Locked {
  bool paused = false;
  std::optional<Time> next_at{};
  bool running = false;
};

task<Result<Locked>> lock_schedule(Transaction& t, const std::string& name) {
  auto rows = co_await t.query(lock_sql, {name});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no schedule " + name);
  Locked locked;
  rows->front().read(locked.paused, locked.next_at, locked.running);
  co_return locked;
}

task<Result<TakenRun>> begin(Transaction& t, const NewRun& wanted, const Locked& row) {
  const auto by = wanted.by ? to_string(*wanted.by) : std::string{};
  TakenRun taken;
  taken.key = schedule_run_key(wanted.schedule, wanted.due_at, by);
  auto reserved = co_await reserve_effect(t, schedule_run, taken.key, wanted.lease, wanted.now);
  if (!reserved)
    co_return fail(std::move(reserved.error()));
  const auto* granted = reserved->granted();
  if (granted == nullptr)
    co_return fail(Errc::conflict, "this run has been begun already");
  taken.fence = granted->fence;
  taken.run.id = ScheduleRunId::fresh();
  taken.run.schedule = wanted.schedule;
  taken.run.started_at = wanted.now;
  taken.run.by = wanted.by ? by : "schedule";
  if (auto made = co_await t.query(begin_sql, {taken.run.id, wanted.schedule, bytea_text(taken.key),
                                               wanted.due_at, wanted.now, wanted.by});
      !made)
    co_return fail(std::move(made.error()));
  if (auto counted = co_await t.query(
        count_sql, {wanted.schedule, wanted.by ? row.next_at : wanted.next_at, wanted.now});
      !counted)
    co_return fail(std::move(counted.error()));
  if (auto trimmed = co_await t.query(trim_sql, {wanted.schedule, wanted.kept}); !trimmed)
    co_return fail(std::move(trimmed.error()));
  co_return taken;
}

}  // namespace

EffectKey schedule_run_key(std::string_view schedule, Time at, std::string_view asked_by) {
  return effect_key({"schedule", schedule, to_rfc3339(at), asked_by});
}

task<Result<TakenRun>> take_run(Session& session, NewRun wanted) {
  co_return co_await session.transaction([&](Transaction& t) -> task<Result<TakenRun>> {
    auto row = co_await lock_schedule(t, wanted.schedule);
    if (!row)
      co_return fail(std::move(row.error()));
    if (row->running)
      co_return fail(Errc::conflict, "a run of " + wanted.schedule + " is under way");
    if (!wanted.by && (row->paused || row->next_at != wanted.due_at))
      co_return fail(Errc::conflict, "somebody else has dealt with this due time");
    co_return co_await begin(t, wanted, *row);
  });
}

task<Done> renew_run(Session& session, const TakenRun& run, std::chrono::milliseconds lease,
                     Time now) {
  return renew_effect(session, schedule_run, run.key, run.fence, lease, now);
}

task<Done> end_run(Session& session, TakenRun run, RunOutcome outcome, std::string detail,
                   NextAt next_at, Time now) {
  if (!may_become(RunOutcome::running, outcome) || outcome == RunOutcome::abandoned)
    co_return fail(Errc::invalid, "a run ends done or failed");
  if (detail.size() > detail_max)
    detail.resize(detail_max);
  co_return co_await session.transaction([&](Transaction& t) -> task<Done> {
    // The effect before the schedule, in the order of abandon_lapsed_runs.
    if (auto settled = co_await settle_effect(t, schedule_run, run.key, run.fence,
                                              "\"" + std::string{name_of(outcome)} + "\"");
        !settled)
      co_return settled;
    auto row = co_await lock_schedule(t, run.run.schedule);
    if (!row)
      co_return fail(std::move(row.error()));
    auto ended = co_await t.query(end_sql, {run.run.id, outcome, detail, now});
    if (!ended)
      co_return fail(std::move(ended.error()));
    if (ended->affected() == 0)
      co_return Done{};
    const int failures = outcome == RunOutcome::failed ? 1 : 0;
    auto kept = co_await t.query(
      settle_sql,
      {run.run.schedule, row->paused ? std::nullopt : next_at(row->next_at), failures, now});
    co_return kept ? Done{} : fail(std::move(kept.error()));
  });
}

task<Result<std::vector<ScheduleRun>>> abandon_lapsed_runs(Session& session, Time now) {
  co_return co_await session.transaction(
    [&](Transaction& t) -> task<Result<std::vector<ScheduleRun>>> {
      auto lapsed = co_await give_back_lapsed(t, schedule_run, now, lapsed_at_once);
      if (!lapsed)
        co_return fail(std::move(lapsed.error()));
      std::vector<ScheduleRun> runs;
      if (lapsed->empty())
        co_return runs;
      std::vector<std::string> keys;
      for (const auto& effect : *lapsed)
        keys.push_back(bytea_text(effect.key));
      auto rows = co_await t.query(
        abandon_sql, {keys, now, std::string_view{"its node gave no sign of life any more"}});
      if (!rows)
        co_return fail(std::move(rows.error()));
      for (const auto& row : *rows)
        runs.push_back(to_schedule_run(row, 0));
      co_return runs;
    });
}

}  // namespace jobraker::storage
