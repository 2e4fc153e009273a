#include "actors/profile/user_actor.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/operation/core/work_figures.hpp"
#include "actors/profile/core/merge.hpp"
#include "actors/profile/resume_reader.hpp"
#include "actors/profile/user_state.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "messages/json.hpp"
#include "net/ask.hpp"

namespace jobraker {
namespace {

using namespace user;

void start_loading(Self* self) {
  self->await<Rows>(
    self->state.services->io,
    [&s = *self->state.services, id = self->state.id] { return load_rows(s, id); },
    [self](Result<Rows> rows) {
      auto& state = self->state;
      if (rows) {
        state.profile = std::move(rows->profile);
        keep(state, std::move(rows->matches));
        state.matches_generation = rows->generation;
        show(state);
        state.phase = UserState::Phase::ready;
      } else {
        state.phase = UserState::Phase::failed;
        state.load_error = std::move(rows.error());
      }
      for (auto& run : std::exchange(state.waiting, {}))
        run();
      if (state.phase == UserState::Phase::failed) {
        // The next message starts a new actor, which tries again.
        state.services->release_user(state.id);
        self->quit();
      }
    });
}
caf::result<Rendered> update(Self* self, const Context& c, const UpdateProfile& m) {
  if (auto allowed = may_access(c.principal, self->state.id); !allowed)
    return to_caf(allowed.error());
  return when_loaded<Rendered>(self, [self, m](auto promise) {
    auto change = [m](const Profile& current) -> Result<Profile> {
      if (m.if_versions && std::find(m.if_versions->begin(), m.if_versions->end(),
                                     current.version) == m.if_versions->end())
        return fail(Errc::precondition_failed, "the profile has changed; it is now at version " +
                                                 std::to_string(current.version));
      auto patch = json::Document::parse(m.patch);
      if (!patch)
        return fail(std::move(patch.error()));
      return apply_update(current, patch->root(), now());
    };
    write_profile(
      self, change,
      [promise](Result<Rendered> result) mutable { settle(promise, std::move(result)); }, m.effect);
  });
}
/// Reads the résumé, lays it over the profile, ends the task. Every step is bounded in time.
void read_resume(Self* self, const Context& c, const SubmitResume& m) {
  auto& state = self->state;
  Context context = c;
  context.deadline = Context::Clock::now() + resume_budget;
  self->await<ParsedResume>(
    state.services->io,
    [&s = *state.services, context, m] { return read_resume_document(s, context, m); },
    [self, task_id = m.task](Result<ParsedResume> parsed) {
      operation::work_figures().resume(parsed ? "parsed" : to_string(parsed.error().code));
      auto finish = [self, task_id](Result<Rendered> result) {
        self->state.reading_resume = false;
        self->await<Ok>(
          self->state.services->io,
          [&s = *self->state.services, task_id, result = std::move(result)]() -> task<Result<Ok>> {
            Result<std::string> outcome =
              result ? Result<std::string>{*result->json} : fail(result.error());
            co_await end_task(s, task_id, std::move(outcome));
            co_return Ok{};
          },
          [](Result<Ok>) {});
      };
      if (!parsed)
        return finish(fail(std::move(parsed.error())));
      report_progress(*self->state.services, task_id, "storing", 3, 4);
      for (const auto& dropped : parsed->dropped)
        spdlog::debug("event=resume.dropped pointer={} why=\"{}\"", dropped.pointer,
                      dropped.reason);
      auto resume = std::make_shared<ParsedResume>(std::move(*parsed));
      write_profile(
        self,
        [resume](const Profile& current) -> Result<Profile> {
          auto merged = merge(current, *resume, now());
          merged.last_resume_upload = now();
          return merged;
        },
        finish);
    });
}

caf::result<TaskView> submit_resume(Self* self, const Context& c, const SubmitResume& m) {
  if (auto allowed = may_access(c.principal, self->state.id); !allowed)
    return to_caf(allowed.error());
  return when_loaded<TaskView>(self, [self, c, m](auto promise) {
    auto& state = self->state;
    if (state.reading_resume)
      return refuse(promise, Error{Errc::conflict,
                                   "another résumé of yours is being read; wait until it is done",
                                   {},
                                   std::chrono::seconds{5}});
    // What the bytes are is known at once, and a wrong kind of file needs no task.
    if (auto known = check_resume_type(m, state.services->config.chat.image_bytes_max); !known)
      return refuse(promise, known.error());
    state.reading_resume = true;
    self->await<TaskView>(
      state.services->io,
      [&s = *state.services, c, m, id = state.id]() -> task<Result<TaskView>> {
        co_return co_await net::ask(s.tasks, c, CreateTask{m.task, "parse_resume", id, 4});
      },
      [self, c, m, promise](Result<TaskView> view) mutable {
        if (view)
          read_resume(self, c, m);
        else
          self->state.reading_resume = false;
        settle(promise, std::move(view));
      });
  });
}
/// Leaves memory when nobody has asked for a while and nothing is under way.
void idle_check(Self* self) {
  auto& state = self->state;
  auto limit = std::chrono::seconds{state.services->config.actors.idle_seconds};
  bool busy = state.writing || !state.writes.empty() || !state.matches_waiting.empty() ||
              state.reading_resume || state.reloading_matches || !state.waiting.empty() ||
              state.phase == UserState::Phase::loading;
  if (!busy && std::chrono::steady_clock::now() - state.touched >= limit) {
    state.services->release_user(state.id);
    return self->quit();
  }
  self->delayed_send(self, limit / 2 + std::chrono::milliseconds{500}, Tick{});
}

UserActor::behavior_type user_actor(Self* self, Services* services, UserId id) {
  auto& state = self->state;
  state.services = services;
  state.id = id;
  state.touched = std::chrono::steady_clock::now();
  start_loading(self);
  idle_check(self);
  return {
    [self](const Context& c, const GetProfile&) -> caf::result<Rendered> {
      if (auto allowed = may_access(c.principal, self->state.id); !allowed)
        return to_caf(allowed.error());
      if (self->state.phase == UserState::Phase::ready) {
        self->state.touched = std::chrono::steady_clock::now();
        return rendered_profile(self->state);
      }
      return when_loaded<Rendered>(
        self, [self](auto promise) { promise.deliver(rendered_profile(self->state)); });
    },
    [self](const Context& c, const UpdateProfile& m) { return update(self, c, m); },
    [self](const Context& c, const SubmitResume& m) { return submit_resume(self, c, m); },
    [self](const Context& c, const GetMatches& m) { return matches(self, c, m); },
    [self](const Context& c, const ScoreJobs& m) { return score(self, c, m); },
    [self](const Context&, const MatchesChanged&) { return matches_changed(self); },
    [self](const Tick&) { idle_check(self); },
    [self](const ReadAgain&) {
      if (self->state.stale && !self->state.writing)
        read_again(self);
    },
  };
}
}  // namespace

UserActor start_user(Services& services, const UserId& id, const std::string& path) {
  return services.system.spawn(path, "user", user_actor, &services, id);
}

}  // namespace jobraker
