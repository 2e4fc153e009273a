#include "actors/profile/user_actor.hpp"

#include <algorithm>

#include "actors/profile/core/merge.hpp"
#include "actors/profile/resume_reader.hpp"
#include "actors/profile/resume_run.hpp"
#include "actors/profile/user_state.hpp"
#include "messages/json.hpp"

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
caf::result<TaskView> submit_resume(Self* self, const Context& c, const SubmitResume& m) {
  if (auto allowed = may_access(c.principal, self->state.id); !allowed)
    return to_caf(allowed.error());
  return when_loaded<TaskView>(self, [self, c, m](auto promise) {
    auto& state = self->state;
    if (!state.reading_resume.expired())
      return refuse(promise, Error{Errc::conflict,
                                   "another résumé of yours is being read; wait until it is done",
                                   {},
                                   std::chrono::seconds{5}});
    // What the bytes are is known at once, and a wrong kind of file needs no task.
    if (auto known = check_resume_type(m, state.services->config.chat.image_bytes_max); !known)
      return refuse(promise, known.error());
    auto reading = std::make_shared<const bool>(true);
    state.reading_resume = reading;
    self->await<TaskView>(
      state.services->io,
      [&s = *state.services, c, m, id = state.id, reading = std::move(reading)]() mutable {
        return begin_resume(s, c, m, id, std::move(reading));
      },
      [promise](Result<TaskView> view) mutable { settle(promise, std::move(view)); });
  });
}
/// Leaves memory when nobody has asked for a while and nothing is under way.
void idle_check(Self* self) {
  auto& state = self->state;
  auto limit = std::chrono::seconds{state.services->config.actors.idle_seconds};
  bool busy = state.writing || !state.writes.empty() || !state.matches_waiting.empty() ||
              !state.reading_resume.expired() || state.reloading_matches ||
              !state.waiting.empty() || state.phase == UserState::Phase::loading;
  if (!busy && std::chrono::steady_clock::now() - state.touched >= limit) {
    state.services->release_user(state.id);
    return self->quit();
  }
  self->delayed_send(self, limit / 2 + std::chrono::milliseconds{500}, Tick{});
}

/// The rows may be newer than what is in memory. While they are being read or written, what waits
/// for its turn looks again.
void somebody_wrote(Self* self) {
  auto& state = self->state;
  state.stale = true;
  if (state.phase == UserState::Phase::ready && !state.writing)
    read_again(self);
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
    [self](const ReadAgain&) { somebody_wrote(self); },
  };
}
}  // namespace

UserActor start_user(Services& services, const UserId& id, const std::string& path) {
  return services.system.spawn(path, "user", user_actor, &services, id);
}

}  // namespace jobraker
