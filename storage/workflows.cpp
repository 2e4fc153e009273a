#include "storage/workflows.hpp"

#include <algorithm>

#include "storage/tasks.hpp"

namespace jobraker::storage {
namespace {

#define WORKFLOW_COLUMNS                                                                           \
  "id, application_id, user_id, task_id, run, from_step, state, created_at, updated_at"

constexpr std::string_view find_sql = "SELECT " WORKFLOW_COLUMNS " FROM workflows WHERE id = $1";

constexpr std::string_view of_application_sql =
  "SELECT " WORKFLOW_COLUMNS " FROM workflows WHERE application_id = $1";

constexpr std::string_view lock_sql =
  "SELECT " WORKFLOW_COLUMNS " FROM workflows WHERE application_id = $1 FOR UPDATE";

constexpr std::string_view insert_sql = R"sql(
  INSERT INTO workflows (id, application_id, user_id, task_id, from_step, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $6)
)sql";

constexpr std::string_view run_again_sql = R"sql(
  UPDATE workflows SET run = run + 1, task_id = $2, from_step = $3, state = 'running', updated_at = $4
  WHERE id = $1
)sql";

constexpr std::string_view insert_steps_sql = R"sql(
  INSERT INTO workflow_steps (workflow_id, step) SELECT $1, unnest($2::text[])
)sql";

constexpr std::string_view reset_steps_sql = R"sql(
  UPDATE workflow_steps SET state = 'pending', attempts = 0, input = NULL, output = NULL, error = NULL,
    model = '', started_at = NULL, finished_at = NULL
  WHERE workflow_id = $1 AND step = ANY ($2::text[])
)sql";

constexpr std::string_view steps_sql = R"sql(
  SELECT step, state, attempts, input, output, error, model, started_at, finished_at
  FROM workflow_steps WHERE workflow_id = $1
)sql";

constexpr std::string_view unfinished_sql =
  "SELECT id FROM workflows WHERE state = 'running' ORDER BY created_at, id";

/// The run a write belongs to, if it is still the present one; $1 id, $2 run, $3 step, $4 now.
#define OF_THIS_RUN                                                                                \
  "WITH w AS (UPDATE workflows SET updated_at = greatest(updated_at, $4::timestamptz) "            \
  "WHERE id = $1 AND run = $2 AND state = 'running' RETURNING id) "

constexpr std::string_view begin_sql = OF_THIS_RUN
  "UPDATE workflow_steps s SET state = 'running', attempts = attempts + 1, input = $5::jsonb, "
  "error = NULL, started_at = $4, finished_at = NULL "
  "FROM w WHERE s.workflow_id = w.id AND s.step = $3 AND s.state <> 'done'";

constexpr std::string_view finish_sql = OF_THIS_RUN
  "UPDATE workflow_steps s SET state = 'done', output = CASE WHEN state = 'done' THEN output ELSE "
  "$5::jsonb END, "
  "model = CASE WHEN state = 'done' THEN model ELSE $6 END, "
  "finished_at = CASE WHEN state = 'done' THEN finished_at ELSE $4 END "
  "FROM w WHERE s.workflow_id = w.id AND s.step = $3 AND s.state IN ('running', 'done')";

constexpr std::string_view fail_sql =
  OF_THIS_RUN "UPDATE workflow_steps s SET state = 'failed', error = $5::jsonb, finished_at = $4 "
              "FROM w WHERE s.workflow_id = w.id AND s.step = $3 AND s.state <> 'done'";

constexpr std::string_view close_sql = R"sql(
  UPDATE workflows SET state = $2 WHERE id = $1 RETURNING application_id, task_id
)sql";

std::vector<KitStep> steps_from(KitStep first) {
  return {std::find(kit_steps.begin(), kit_steps.end(), first), kit_steps.end()};
}

task<Result<Workflow>> with_steps(Session& session, Result<Rows> rows) {
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "no kit has been made for this application yet");
  Workflow w;
  rows->front().read(w.id, w.application, w.user, w.task, w.run, w.from_step, w.state, w.created_at,
                     w.updated_at);
  auto steps = co_await session.query(steps_sql, {w.id});
  if (!steps)
    co_return fail(std::move(steps.error()));
  for (auto row : *steps) {
    auto& s = w.steps.emplace_back();
    row.read(s.step, s.state, s.attempts, s.input, s.output, s.error, s.model, s.started_at,
             s.finished_at);
  }
  std::sort(w.steps.begin(), w.steps.end(), [](auto& a, auto& b) { return a.step < b.step; });
  co_return w;
}

/// Runs a write of one step; it is refused when the run is not the present one.
task<Done> change_step(Session& session, std::string_view sql, Params params) {
  auto rows = co_await session.query(sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 0)
    co_return fail(Errc::conflict, "this run of the kit is over");
  co_return Done{};
}

task<Done> first_run(Session& session, const NewRun& run, Time now) {
  if (run.from != kit_steps.front())
    co_return fail(Errc::conflict, "the first run begins with the first step");
  auto id = WorkflowId::fresh();
  auto made =
    co_await session.query(insert_sql, {id, run.application, run.user, run.task, run.from, now});
  if (!made && made.error().code == Errc::conflict)
    co_return fail(Errc::conflict, "the kit is being made already");
  if (!made)
    co_return fail(std::move(made.error()));
  auto steps = co_await session.query(insert_steps_sql, {id, steps_from(kit_steps.front())});
  if (!steps)
    co_return fail(std::move(steps.error()));
  co_return Done{};
}

task<Done> later_run(Session& session, const Workflow& present, const NewRun& run, Time now) {
  if (present.state == WorkflowState::running)
    co_return fail(Errc::conflict, "the kit is being made already");
  for (const auto& step : present.steps)
    if (step.step < run.from && step.state != KitStepState::done)
      co_return fail(Errc::conflict, "the step before it, " + std::string{name_of(step.step)} +
                                       ", is not done: begin there");
  auto again = co_await session.query(run_again_sql, {present.id, run.task, run.from, now});
  if (!again)
    co_return fail(std::move(again.error()));
  auto reset = co_await session.query(reset_steps_sql, {present.id, steps_from(run.from)});
  if (!reset)
    co_return fail(std::move(reset.error()));
  co_return Done{};
}

/// The end of the run and of its task.
task<Result<ApplicationId>> close(Session& session, WorkflowId id, WorkflowState state,
                                  std::string json) {
  auto rows = co_await session.query(close_sql, {id, state});
  if (!rows)
    co_return fail(std::move(rows.error()));
  auto application = rows->front().get<ApplicationId>(0);
  auto task = rows->front().get<std::optional<TaskId>>(1);
  if (!task)
    co_return application;
  auto ended = state == WorkflowState::done ? co_await finish_task(session, *task, std::move(json))
                                            : co_await fail_task(session, *task, std::move(json));
  if (!ended && ended.error().code != Errc::conflict && ended.error().code != Errc::not_found)
    co_return fail(std::move(ended.error()));
  co_return application;
}

}  // namespace

task<Result<Workflow>> start_workflow(Session& session, NewRun run, Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Workflow>> {
    auto present = co_await with_steps(inside, co_await inside.query(lock_sql, {run.application}));
    if (!present && present.error().code != Errc::not_found)
      co_return fail(std::move(present.error()));
    auto task = co_await create_task(inside, run.task, "application_kit", run.user,
                                     static_cast<std::int64_t>(kit_steps.size()));
    if (!task)
      co_return fail(std::move(task.error()));
    auto begun = present ? co_await later_run(inside, *present, run, now)
                         : co_await first_run(inside, run, now);
    if (!begun)
      co_return fail(std::move(begun.error()));
    co_return co_await find_workflow(inside, run.application);
  });
}

task<Result<Workflow>> load_workflow(Session& session, WorkflowId id) {
  co_return co_await with_steps(session, co_await session.query(find_sql, {id}));
}

task<Result<Workflow>> find_workflow(Session& session, ApplicationId application) {
  co_return co_await with_steps(session, co_await session.query(of_application_sql, {application}));
}

task<Result<std::vector<WorkflowId>>> unfinished_workflows(Session& session) {
  auto rows = co_await session.query(unfinished_sql);
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<WorkflowId> ids;
  for (auto row : *rows)
    ids.push_back(row.get<WorkflowId>(0));
  co_return ids;
}

task<Done> begin_step(Session& session, StepOfRun at, std::string input, Time now) {
  co_return co_await change_step(session, begin_sql, {at.workflow, at.run, at.step, now, input});
}

task<Done> finish_step(Session& session, StepOfRun at, std::string output, std::string model,
                       Time now) {
  co_return co_await change_step(session, finish_sql,
                                 {at.workflow, at.run, at.step, now, output, model});
}

task<Done> conclude_workflow(Session& session, StepOfRun at, std::string output,
                             std::vector<ApplicationDocument> documents, std::string result,
                             Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Done> {
    auto done = co_await finish_step(inside, at, output, "", now);
    if (!done)
      co_return fail(std::move(done.error()));
    auto application = co_await close(inside, at.workflow, WorkflowState::done, result);
    if (!application)
      co_return fail(std::move(application.error()));
    for (auto document : documents) {
      document.application = *application;
      document.version = 0;
      auto saved = co_await save_application_document(inside, std::move(document), now);
      if (!saved)
        co_return fail(std::move(saved.error()));
    }
    co_return Done{};
  });
}

task<Done> fail_step(Session& session, StepOfRun at, std::string error, std::string task_error,
                     Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Done> {
    auto done = co_await change_step(inside, fail_sql, {at.workflow, at.run, at.step, now, error});
    if (!done)
      co_return fail(std::move(done.error()));
    auto closed = co_await close(inside, at.workflow, WorkflowState::failed, task_error);
    if (!closed)
      co_return fail(std::move(closed.error()));
    co_return Done{};
  });
}

}  // namespace jobraker::storage
