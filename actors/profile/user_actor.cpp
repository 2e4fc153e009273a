#include "actors/profile/user_actor.hpp"

#include <deque>
#include <map>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/profile/core/merge.hpp"
#include "actors/profile/match_view.hpp"
#include "actors/profile/resume_reader.hpp"
#include "actors/system/observed.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "messages/codec.hpp"
#include "net/ask.hpp"
#include "storage/accounts.hpp"
#include "storage/batches.hpp"
#include "storage/databases.hpp"
#include "storage/profiles.hpp"
#include "storage/scores.hpp"

namespace jobraker {
namespace {

constexpr std::size_t waiting_max = 256;   // requests while loading, and writes in a row
constexpr std::size_t matches_kept = 500;  // in memory, best first
constexpr std::size_t pages_kept = 16;     // rendered pages of matches
constexpr std::chrono::minutes resume_budget{3};

/// What a person's rows hold.
struct Rows {
  Profile profile;  // version 0: nothing stored yet
  std::vector<StoredMatch> matches;
};

struct UserState {
  static inline const char* name = "user";
  Services* services = nullptr;
  UserId id{};
  enum class Phase { loading, ready, failed } phase = Phase::loading;
  Error load_error{};
  Profile profile{};
  std::shared_ptr<const std::string> profile_json;
  std::vector<StoredMatch> matches;
  std::int64_t matches_version = 0;
  std::map<std::tuple<std::int64_t, std::int64_t, double>, Rendered> pages;
  std::deque<std::function<void()>> waiting;  // until loaded
  std::deque<std::function<void()>> writes;   // one after the other
  bool writing = false;
  bool reading_resume = false;
  bool reloading_matches = false;
  std::vector<caf::typed_response_promise<Ok>>
    matches_waiting;  // for the next reading of the matches
  std::chrono::steady_clock::time_point touched{};
};

using Self = Shell<UserState, UserActor>;

task<Result<Rows>> load_rows(Services& services, UserId id) {
  auto& db = services.databases.here();
  Rows rows;
  auto profile = co_await storage::find_profile(db, id);
  if (profile) {
    rows.profile = std::move(*profile);
  } else if (profile.error().code == Errc::not_found) {
    auto account = co_await storage::find_account(db, id);
    if (!account)
      co_return fail(std::move(account.error()));
    rows.profile.user_id = id;
    rows.profile.created_at = account->created_at;
    rows.profile.updated_at = account->created_at;
  } else {
    co_return fail(std::move(profile.error()));
  }
  auto matches = co_await storage::list_matches(db, id, 0, matches_kept);
  if (!matches)
    co_return fail(std::move(matches.error()));
  rows.matches = std::move(*matches);
  co_return rows;
}

void show(UserState& state) {
  state.profile_json = std::make_shared<const std::string>(json::encode(state.profile));
}

Rendered rendered_profile(const UserState& state) {
  return {state.profile_json, state.profile.version};
}

/// Runs `handle` now, or when the rows have been loaded. `refuse` gets the reason if they cannot
/// be.
template <class T, class Handle>
caf::result<T> when_loaded(Self* self, Handle handle) {
  auto& state = self->state;
  state.touched = std::chrono::steady_clock::now();
  if (state.phase == UserState::Phase::failed)
    return to_caf(state.load_error);
  auto promise = self->make_response_promise<T>();
  auto run = [self, promise, handle = std::move(handle)]() mutable {
    if (self->state.phase == UserState::Phase::failed)
      return refuse(promise, self->state.load_error);
    handle(promise);
  };
  if (state.phase == UserState::Phase::ready) {
    run();
  } else if (state.waiting.size() >= waiting_max) {
    refuse(promise,
           Error{Errc::unavailable, "too many requests are waiting", {}, std::chrono::seconds{1}});
  } else {
    state.waiting.push_back(std::move(run));
  }
  return promise;
}

void start_loading(Self* self) {
  self->await<Rows>(
    self->state.services->io,
    [&s = *self->state.services, id = self->state.id] { return load_rows(s, id); },
    [self](Result<Rows> rows) {
      auto& state = self->state;
      if (rows) {
        state.profile = std::move(rows->profile);
        state.matches = std::move(rows->matches);
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

void next_write(Self* self) {
  auto& state = self->state;
  if (state.writing || state.writes.empty())
    return;
  auto write = std::move(state.writes.front());
  state.writes.pop_front();
  state.writing = true;
  write();
}

/// Stores what `change` makes of the present profile, one change after the other, and answers when
/// it is committed.
template <class Change, class Then>
void write_profile(Self* self, Change change, Then then) {
  auto& state = self->state;
  if (state.writes.size() >= waiting_max)
    return then(Result<Rendered>{
      fail(Error{Errc::unavailable, "too many changes are waiting", {}, std::chrono::seconds{1}})});
  state.writes.push_back([self, change = std::move(change), then = std::move(then)]() mutable {
    auto& now_state = self->state;
    auto done = [self](auto& finish, Result<Rendered> result) {
      self->state.writing = false;
      finish(std::move(result));
      next_write(self);
    };
    Result<Profile> changed = change(now_state.profile);
    if (!changed)
      return done(then, fail(std::move(changed.error())));
    if (changed->version == now_state.profile.version)
      return done(then, rendered_profile(now_state));  // nothing changed
    self->await<Profile>(
      now_state.services->io,
      [&s = *now_state.services, profile = std::move(*changed),
       expected = now_state.profile.version]() mutable {
        return storage::save_profile(s.databases.here(), std::move(profile), expected);
      },
      [self, then = std::move(then), done](Result<Profile> saved) mutable {
        auto& after = self->state;
        if (!saved) {
          auto code = saved.error().code;
          done(then, fail(std::move(saved.error())));
          // Somebody else wrote the row, or nobody knows whether we did: what is in memory no
          // longer counts. The successor reads the rows.
          if (code == Errc::precondition_failed || code == Errc::unavailable ||
              code == Errc::timed_out) {
            after.services->release_user(after.id);
            self->quit();
          }
          return;
        }
        after.profile = std::move(*saved);
        show(after);
        spdlog::info("event=profile.updated user={} version={}", to_string(after.id),
                     after.profile.version);
        done(then, rendered_profile(after));
      });
  });
  next_write(self);
}

caf::result<Rendered> update(Self* self, const Context& c, const UpdateProfile& m) {
  if (auto allowed = may_access(c.principal, self->state.id); !allowed)
    return to_caf(allowed.error());
  return when_loaded<Rendered>(self, [self, m](auto promise) {
    auto change = [m](const Profile& current) -> Result<Profile> {
      if (m.if_version && *m.if_version != current.version)
        return fail(Errc::precondition_failed, "the profile has changed; it is now at version " +
                                                 std::to_string(current.version));
      auto patch = json::Document::parse(m.patch);
      if (!patch)
        return fail(std::move(patch.error()));
      return apply_update(current, patch->root(), now());
    };
    write_profile(self, change, [promise](Result<Rendered> result) mutable {
      settle(promise, std::move(result));
    });
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
    if (auto known = check_resume_type(m); !known)
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

/// The page as JSON, rendered at most once until the matches change.
const Rendered& matches_page(UserState& state, const GetMatches& m) {
  auto key = std::tuple{m.limit, m.skip, m.min_score};
  auto it = state.pages.find(key);
  if (it == state.pages.end()) {
    if (state.pages.size() >= pages_kept)
      state.pages.clear();
    auto json = render_matches(state.matches, static_cast<std::size_t>(m.limit),
                               static_cast<std::size_t>(m.skip), m.min_score);
    Rendered page{std::make_shared<const std::string>(std::move(json)), state.matches_version};
    it = state.pages.emplace(key, std::move(page)).first;
  }
  return it->second;
}

caf::result<Rendered> matches(Self* self, const Context& c, const GetMatches& m) {
  if (auto allowed = may_access(c.principal, self->state.id); !allowed)
    return to_caf(allowed.error());
  if (self->state.phase == UserState::Phase::ready) {
    self->state.touched = std::chrono::steady_clock::now();
    return matches_page(self->state, m);
  }
  return when_loaded<Rendered>(
    self, [self, m](auto promise) { promise.deliver(matches_page(self->state, m)); });
}

/// Reads the stored matches again for everybody who asked until now. Who asks meanwhile gets a
/// reading of their own: the present one may have begun before their rows were committed.
void reload_matches(Self* self) {
  auto& state = self->state;
  if (state.reloading_matches || state.matches_waiting.empty())
    return;
  state.reloading_matches = true;
  auto waiting = std::exchange(state.matches_waiting, {});
  self->await<std::vector<StoredMatch>>(
    state.services->io,
    [&s = *state.services, id = state.id] {
      return storage::list_matches(s.databases.here(), id, 0, matches_kept);
    },
    [self, waiting = std::move(waiting)](Result<std::vector<StoredMatch>> found) mutable {
      auto& after = self->state;
      after.reloading_matches = false;
      if (found) {
        after.matches = std::move(*found);
        after.pages.clear();
        ++after.matches_version;
      }
      for (auto& promise : waiting)
        settle(promise, found ? Result<Ok>{Ok{}} : Result<Ok>{fail(found.error())});
      if (!found) {
        // What is in memory is older than the rows: leave, and let the successor read them.
        spdlog::warn("event=matches.reload_failed user={} why=\"{}\"", to_string(after.id),
                     found.error().detail);
        after.services->release_user(after.id);
        return self->quit();
      }
      reload_matches(self);
    });
}

caf::result<Ok> matches_changed(Self* self) {
  return when_loaded<Ok>(self, [self](auto promise) {
    self->state.matches_waiting.push_back(promise);
    reload_matches(self);
  });
}

/// The run's row is committed before the answer; the batch's actor is only woken by it.
task<Result<TaskView>> open_run(Services& services, Context context, UserId user,
                                std::int64_t version, ScoreJobs m) {
  auto& db = services.databases.here();
  storage::Batch batch;
  batch.id = TaskId::fresh();
  batch.user_id = user;
  batch.score_version = version;
  batch.params = json::encode(m);
  auto created = co_await storage::create_batch(db, batch);
  TaskId id = batch.id;
  if (!created) {
    if (created.error().code != Errc::conflict)
      co_return fail(std::move(created.error()));
    auto open = co_await storage::open_batch(db, user);
    if (!open)
      co_return fail(std::move(open.error()));
    if (!*open)
      co_return fail(Error{
        Errc::unavailable, "a scoring run has just ended; ask again", {}, std::chrono::seconds{1}});
    id = **open;
  }
  if (auto running = services.batch(id); !running)
    spdlog::warn("event=batch.start_failed batch={} why=\"{}\"", to_string(id),
                 running.error().detail);
  co_return co_await net::ask(services.tasks, context, GetTask{id});
}

/// Prompt, rubric and model together; raise it when one of them changes what a score means.
constexpr std::int64_t scoring_version = 1;

caf::result<TaskView> score(Self* self, const Context& c, const ScoreJobs& m) {
  if (auto allowed = may_access(c.principal, self->state.id); !allowed)
    return to_caf(allowed.error());
  return when_loaded<TaskView>(self, [self, c, m](auto promise) {
    auto& state = self->state;
    if (state.profile.version == 0)
      return refuse(promise, Error{Errc::unprocessable,
                                   "there is no profile to score yet; upload a résumé first",
                                   {},
                                   {}});
    // A changed profile is judged anew; the same one never twice.
    auto version = state.profile.version * 1000 + scoring_version;
    self->await<TaskView>(
      state.services->io,
      [&s = *state.services, c, m, id = state.id, version] {
        return open_run(s, c, id, version, m);
      },
      [promise](Result<TaskView> view) mutable { settle(promise, std::move(view)); });
  });
}

/// Leaves memory when nobody has asked for a while and nothing is under way.
void idle_check(Self* self) {
  auto& state = self->state;
  auto limit = std::chrono::seconds{state.services->config.actors.idle_seconds};
  bool busy = state.writing || state.reading_resume || state.reloading_matches ||
              !state.waiting.empty() || state.phase == UserState::Phase::loading;
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
  };
}

}  // namespace

UserActor start_user(Services& services, const UserId& id, const std::string& path) {
  return services.system.spawn(path, "user", user_actor, &services, id);
}

}  // namespace jobraker
