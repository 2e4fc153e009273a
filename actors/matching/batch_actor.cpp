#include "actors/matching/batch_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/llm/gateway.hpp"
#include "actors/matching/batch_setup.hpp"
#include "actors/matching/core/batch_plan.hpp"
#include "actors/matching/core/score_prompt.hpp"
#include "actors/operation/core/work_figures.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "actors/system/summary.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "messages/json.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"

namespace jobraker {
namespace {

namespace plan = matching::batch;

constexpr std::chrono::minutes setup_budget{3};
constexpr std::uint32_t crashes_max = 3;
/// Tries to write a run's end, a second apart, when PostgreSQL is away.
constexpr int end_attempts = 120;

struct BatchState {
  static inline const char* name = "batch";
  Services* services = nullptr;
  TaskId id{};
  BatchInput input;
  plan::State run;
  std::int64_t stored_scores = 0;

  UserId owner() const noexcept { return input.batch.user_id; }

  std::string summary() const {
    return Summary{}
      .with("user", input.batch.user_id)
      .with("items", run.items.size())
      .with("calls", run.groups.size())
      .with("started", run.started)
      .with("finished", run.finished)
      .with("cancelled", run.cancelled)
      .with("stored_scores", stored_scores)
      .text();
  }
};

using Self = Shell<BatchState, BatchActor>;

void feed(Self* self, const plan::Event& event);

/// Ends the actor: whatever there was to say is committed.
void leave(Self* self) {
  self->state.services->release_batch(self->state.id);
  self->quit();
}

/// Commits the end of the run and tells those who wait.
void close(Self* self, Result<std::string> outcome, std::vector<plan::FailedItem> failed = {}) {
  auto& state = self->state;
  self->await<Ok>(
    state.services->io,
    [&s = *state.services, id = state.id, user = state.input.batch.user_id,
     outcome = std::move(outcome), failed = std::move(failed)]() -> task<Result<Ok>> {
      // The rows of what could not be judged say so, too; the run is not held up by that.
      for (const auto& item : failed)
        if (auto marked =
              co_await storage::mark_failed(s.databases.here(), id, {item.job}, item.reason, 1);
            !marked)
          spdlog::warn("event=batch.mark_failed batch={} why=\"{}\"", to_string(id),
                       marked.error().detail);
      Done done;
      for (int attempt = 0; attempt < end_attempts; ++attempt) {
        if (attempt > 0)
          co_await pause(std::chrono::seconds{1});
        auto& db = s.databases.here();
        if (outcome)
          done = co_await storage::finish_batch(db, id, *outcome);
        else
          done = co_await storage::fail_batch(db, id, error_json(outcome.error()));
        if (done || done.error().code == Errc::conflict || done.error().code == Errc::not_found) {
          // Whoever hears that the run is over must find its matches: the user's actor reads them
          // first.
          if (user)
            co_await net::ask([&] { return s.user(user); },
                              Context::system(std::chrono::seconds{10}), MatchesChanged{});
          co_return Ok{};
        }
        spdlog::warn("event=batch.end_failed batch={} why=\"{}\"", to_string(id),
                     done.error().detail);
      }
      co_return fail(std::move(done.error()));
    },
    [self](Result<Ok> done) {
      auto& after = self->state;
      if (done)
        if (auto tasks = after.services->tasks())
          caf::anon_send(*tasks, TaskEnded{after.id});
      leave(self);
    });
}

std::string report_of(const plan::Finish& finish) {
  json::Writer w;
  w.begin_object()
    .member("total", static_cast<std::int64_t>(finish.total))
    .member("already_scored", static_cast<std::int64_t>(finish.already))
    .member("scored", static_cast<std::int64_t>(finish.scored))
    .member("matches", static_cast<std::int64_t>(finish.above_threshold));
  w.key("failed").begin_array();
  for (const auto& item : finish.failed)
    w.begin_object()
      .member("job_id", std::string_view{to_string(item.job)})
      .member("reason", std::string_view{item.reason})
      .end_object();
  w.end_array().end_object();
  return w.text();
}

task<Result<matching::ReadScores>> ask_model(Services& services, UserId user, std::string prompt,
                                             std::vector<JobId> jobs) {
  llm::ModelCall call;
  call.operation = "score_jobs";
  call.user = user;
  ModelMessage question;
  question.text = std::move(prompt);
  call.messages.push_back(std::move(question));
  auto context = Context::system(std::chrono::milliseconds{services.config.llm.timeout_ms} *
                                 services.config.llm.attempts_max);
  auto answer = co_await llm::ask_model(services, context, std::move(call));
  if (!answer)
    co_return fail(std::move(answer.error()));
  co_return matching::read_scores(answer->reply.text, jobs);
}

void perform(Self* self, const plan::AskModel& effect) {
  auto& state = self->state;
  std::vector<matching::PromptJob> jobs;
  for (const auto& id : effect.jobs)
    if (auto it = state.input.jobs.find(id); it != state.input.jobs.end())
      jobs.push_back({&it->second, state.input.rubric.at(id)});
  if (jobs.empty())
    return feed(self, plan::Failure{effect.group, false, "the posting is no longer there", {}});
  self->await<matching::ReadScores>(
    state.services->io,
    [&s = *state.services, prompt = matching::score_prompt(*state.input.profile, jobs),
     ids = effect.jobs,
     user = state.input.profile->user_id] { return ask_model(s, user, prompt, ids); },
    [self, group = effect.group](Result<matching::ReadScores> read) {
      if (!read) {
        const auto& error = read.error();
        // Only what another try cannot mend is final.
        bool retryable = error.code != Errc::internal && error.code != Errc::cancelled;
        return feed(self, plan::Failure{group, retryable, error.detail,
                                        error.retry_after.value_or(std::chrono::milliseconds{0})});
      }
      for (const auto& problem : read->problems)
        spdlog::warn("event=batch.answer_problem batch={} what=\"{}\"", to_string(self->state.id),
                     problem);
      for (const auto& scored : read->scores)
        operation::work_figures().score(scored.compatibility_score);
      feed(self, plan::Answer{group, std::move(read->scores)});
    });
}

void perform(Self* self, const plan::Store& effect) {
  auto& state = self->state;
  std::vector<JobId> judged;
  std::vector<JobScore> keep;
  for (const auto& scored : effect.scores) {
    judged.push_back(scored.job_id);
    if (scored.compatibility_score >= state.services->config.matching.threshold)
      keep.push_back(matching::job_score(state.input.batch.user_id, scored,
                                         state.input.rubric.at(scored.job_id),
                                         state.input.batch.score_version, now()));
  }
  self->await<storage::Judged>(
    state.services->io,
    [&s = *state.services, id = state.id, judged, keep = std::move(keep)] {
      return storage::record_judged(s.databases.here(), id, judged, keep);
    },
    [self, judged](Result<storage::Judged> done) {
      if (!done) {
        spdlog::warn("event=batch.store_failed batch={} why=\"{}\"", to_string(self->state.id),
                     done.error().detail);
        return feed(self, plan::StoreFailed{judged});
      }
      if (done->scores > 0)
        if (auto user = self->state.services->user(self->state.input.batch.user_id))
          caf::anon_send(*user, Context::system(std::chrono::seconds{30}), MatchesChanged{});
      feed(self, plan::Stored{judged});
    });
}

void perform(Self* self, const plan::Progress& effect) {
  report_progress(*self->state.services, self->state.id, "scoring",
                  static_cast<std::int64_t>(effect.done), static_cast<std::int64_t>(effect.total));
}

void perform(Self* self, const plan::WakeAt& effect) {
  auto wait = std::max(effect.time - now(), std::chrono::microseconds{1000});
  self->delayed_send(self, std::chrono::ceil<std::chrono::milliseconds>(wait), Tick{});
}

void perform(Self* self, const plan::Finish& effect) {
  spdlog::info("event=batch.done batch={} total={} scored={} matches={} failed={}",
               to_string(self->state.id), effect.total, effect.scored, effect.above_threshold,
               effect.failed.size());
  close(self, report_of(effect), effect.failed);
}

void feed(Self* self, const plan::Event& event) {
  for (const auto& effect : plan::next(self->state.run, event, now()))
    std::visit([self](const auto& e) { perform(self, e); }, effect);
}

void begin(Self* self) {
  auto& state = self->state;
  const auto& config = state.services->config.matching;
  state.run.settings.jobs_per_prompt = static_cast<std::size_t>(config.jobs_per_prompt);
  state.run.settings.calls_in_flight = static_cast<std::size_t>(config.calls_in_flight);
  state.run.settings.threshold = config.threshold;
  plan::Start start;
  for (const auto& item : state.input.batch.items) {
    start.jobs.push_back(item.job_id);
    if (item.state == BatchItemState::scored)
      start.already.push_back(item.job_id);
  }
  feed(self, start);
}

BatchActor::behavior_type batch_actor(Self* self, Services* services, TaskId id) {
  auto& state = self->state;
  state.services = services;
  state.id = id;
  if (services->batch_crashes(id) >= crashes_max) {
    close(self, fail(Errc::internal, "the run crashed three times and was set aside"));
  } else {
    self->await<BatchInput>(
      services->io,
      [services, id] { return prepare_batch(*services, Context::system(setup_budget), id); },
      [self](Result<BatchInput> input) {
        auto& after = self->state;
        if (input) {
          after.input = std::move(*input);
          return begin(self);
        }
        if (input.error().code == Errc::conflict || input.error().code == Errc::not_found)
          return leave(self);
        spdlog::warn("event=batch.setup_failed batch={} why=\"{}\"", to_string(after.id),
                     input.error().detail);
        close(self, fail(std::move(input.error())));
      });
  }
  return {
    [self](const Context&, const Inspect&) -> StateSummary {
      const auto& run = self->state.run;
      return {"groups in flight: " + std::to_string(run.groups.size()) +
              ", items: " + std::to_string(run.items.size())};
    },
    [self](const Tick&) { feed(self, plan::Tick{}); },
  };
}

}  // namespace

BatchActor start_batch(Services& services, const TaskId& id, const std::string& path) {
  return services.system.spawn(path, "batch", batch_actor, &services, id);
}

}  // namespace jobraker
