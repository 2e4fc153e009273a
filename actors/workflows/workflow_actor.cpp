#include "actors/workflows/workflow_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "actors/workflows/core/steps.hpp"
#include "actors/workflows/step_work.hpp"
#include "messages/json.hpp"
#include "storage/databases.hpp"

namespace jobraker::workflows {
namespace {

constexpr std::chrono::seconds load_again{1};
constexpr std::chrono::seconds commit_budget{20};

struct WorkflowActorState {
  static inline const char* name = "workflow";
  Services* services = nullptr;
  WorkflowServices* workflows = nullptr;
  WorkflowId id{};
  storage::Workflow row{};
  State run{};
  Material material{};
  StepOutcome outcome{};

  UserId owner() const noexcept { return row.user; }

  std::string summary() const {
    static constexpr std::string_view phases[] = {"idle",       "beginning", "working",
                                                  "committing", "failing",   "over"};
    return Summary{}
      .word("phase", run.phase, phases)
      .with("steps", run.steps.size())
      .with("step", run.at)
      .with("failures", run.failures)
      .with("delays", run.delays)
      .with("repaired", run.repaired)
      .with("wake", run.wake)
      .text();
  }
};

using Self = Shell<WorkflowActorState, WorkflowActor>;

void feed(Self* self, const Event& event);

storage::StepOfRun place_of(const Self* self, KitStep step) {
  return {self->state.id, self->state.row.run, step};
}

storage::Deadline commit_deadline() { return std::chrono::steady_clock::now() + commit_budget; }

/// What went wrong, as an event. A budget that is used up does not come back by waiting a little.
Failed failed(Ticket ticket, const Error& error) {
  Failed event{ticket, error};
  event.retryable = error.code == Errc::unavailable || error.code == Errc::timed_out ||
                    error.code == Errc::upstream_failed || error.code == Errc::upstream_timed_out;
  event.over = error.code == Errc::conflict || error.code == Errc::not_found;
  return event;
}

/// The error of a step as its row and the API show it.
std::string step_error_json(const Error& error, const Violations& violations) {
  json::Writer w;
  w.begin_object()
    .member("code", to_string(error.code))
    .member("detail", std::string_view{error.detail});
  w.key("violations").begin_array();
  for (const auto& v : violations)
    w.begin_object()
      .member("pointer", std::string_view{v.pointer})
      .member("kind", name_of(v.kind))
      .member("found", std::string_view{v.found})
      .member("detail", std::string_view{v.detail})
      .end_object();
  w.end_array().end_object();
  return w.text();
}

std::string result_json(const storage::Workflow& row, const StepOutcome& outcome) {
  json::Writer w;
  w.begin_object()
    .member("id", std::string_view{to_string(row.id)})
    .member("application_id", std::string_view{to_string(row.application)});
  w.key("documents").begin_array();
  for (const auto& document : outcome.documents)
    w.value(std::string_view{document.kind});
  w.end_array().end_object();
  return w.text();
}

void perform(Self* self, const Begin& effect) {
  self->await<Material>(
    self->state.services->io,
    [&s = *self->state.services, at = place_of(self, effect.step)] { return begin_work(s, at); },
    [self, ticket = effect.ticket](Result<Material> material) {
      if (!material)
        return feed(self, failed(ticket, material.error()));
      self->state.material = std::move(*material);
      feed(self, Begun{ticket});
    });
}

void perform(Self* self, const Work& effect) {
  auto& state = self->state;
  for (const auto& v : effect.repair)
    spdlog::info("event=kit.refused workflow={} step={} pointer={} kind={}", to_string(state.id),
                 name_of(effect.step), v.pointer, name_of(v.kind));
  self->await<StepOutcome>(
    state.services->io,
    [&s = *state.services, m = state.material, repair = effect.repair,
     before = state.outcome.answer] { return do_work(s, m, repair, before); },
    [self, ticket = effect.ticket](Result<StepOutcome> outcome) {
      if (!outcome) {
        auto event = failed(ticket, outcome.error());
        event.over = false;  // an operation's own words, not the rows'
        return feed(self, event);
      }
      self->state.outcome = std::move(*outcome);
      feed(self, Worked{ticket, self->state.outcome.violations});
    });
}

/// Runs a commit and feeds what came of it.
void commit(Self* self, Ticket ticket, std::function<task<Done>(storage::Session&)> write) {
  self->await<Ok>(
    self->state.services->io,
    [&s = *self->state.services, write = std::move(write)]() -> task<Result<Ok>> {
      storage::Until session{s.databases.here(), commit_deadline()};
      auto done = co_await write(session);
      if (!done)
        co_return fail(std::move(done.error()));
      co_return Ok{};
    },
    [self, ticket](Result<Ok> done) {
      if (done)
        return feed(self, Committed{ticket});
      spdlog::warn("event=kit.commit_failed workflow={} why=\"{}\"", to_string(self->state.id),
                   done.error().detail);
      feed(self, failed(ticket, done.error()));
    });
}

void perform(Self* self, const Commit& effect) {
  auto& state = self->state;
  auto at = place_of(self, effect.step);
  if (effect.step != kit_steps.back())
    return commit(self, effect.ticket, [at, outcome = state.outcome](storage::Session& session) {
      return storage::finish_step(session, at, outcome.output, outcome.model, now());
    });
  commit(self, effect.ticket,
         [at, outcome = state.outcome,
          result = result_json(state.row, state.outcome)](storage::Session& session) {
           return storage::conclude_workflow(session, at, outcome.output, outcome.documents, result,
                                             now());
         });
}

void perform(Self* self, const CommitFailure& effect) {
  spdlog::info("event=kit.failed workflow={} step={} code={} violations={}",
               to_string(self->state.id), name_of(effect.step), to_string(effect.error.code),
               effect.violations.size());
  commit(self, effect.ticket,
         [at = place_of(self, effect.step),
          error = step_error_json(effect.error, effect.violations),
          task_error = error_json(effect.error)](storage::Session& session) {
           return storage::fail_step(session, at, error, task_error, now());
         });
}

void perform(Self* self, const Progress& effect) {
  if (self->state.row.task)
    report_progress(*self->state.services, *self->state.row.task, std::string{name_of(effect.step)},
                    effect.done, static_cast<std::int64_t>(kit_steps.size()));
}

void perform(Self* self, const WakeAt& effect) {
  auto wait = std::max(effect.time - now(), std::chrono::microseconds{1000});
  self->delayed_send(self, std::chrono::ceil<std::chrono::milliseconds>(wait), jobraker::Tick{});
}

/// Whatever there was to say is committed; who waits for the task gets to know.
void perform(Self* self, const End&) {
  auto& state = self->state;
  if (state.row.task)
    if (auto tasks = state.services->tasks())
      caf::anon_send(*tasks, TaskEnded{*state.row.task});
  state.workflows->release(state.id);
  self->quit();
}

void feed(Self* self, const Event& event) {
  for (const auto& effect : next(self->state.run, event, now()))
    std::visit([self](const auto& e) { perform(self, e); }, effect);
}

/// Reads the rows; while PostgreSQL is away, again and again.
void load(Self* self) {
  self->await<storage::Workflow>(
    self->state.services->io,
    [&s = *self->state.services, id = self->state.id]() -> task<Result<storage::Workflow>> {
      storage::Until session{s.databases.here(), commit_deadline()};
      co_return co_await storage::load_workflow(session, id);
    },
    [self](Result<storage::Workflow> row) {
      auto& state = self->state;
      bool gone = !row && row.error().code == Errc::not_found;
      if (!row && !gone)
        return self->delayed_send(self, load_again, jobraker::Tick{});
      if (row)
        state.row = std::move(*row);
      if (gone || state.row.state != WorkflowState::running)
        return perform(self, End{true});
      Start start;
      for (const auto& step : state.row.steps)
        start.steps.push_back({step.state, step.attempts});
      feed(self, start);
    });
}

WorkflowActor::behavior_type workflow_actor(Self* self, Services* services,
                                            WorkflowServices* workflows, WorkflowId id) {
  auto& state = self->state;
  state.services = services;
  state.workflows = workflows;
  state.id = id;
  load(self);
  return {
    [self](const Context&, const Inspect&) -> StateSummary {
      const auto& run = self->state.run;
      return {"step: " + std::string{name_of(kit_steps[run.at])} +
              ", failures: " + std::to_string(run.failures)};
    },
    [self](const jobraker::Tick&) {
      if (self->state.run.phase == Phase::idle)
        load(self);
      else
        feed(self, Tick{});
    },
  };
}

}  // namespace

WorkflowActor start_workflow_actor(Services& services, WorkflowServices& workflows,
                                   const WorkflowId& id, const std::string& path) {
  return services.system.spawn(path, "workflow", workflow_actor, &services, &workflows, id);
}

}  // namespace jobraker::workflows
