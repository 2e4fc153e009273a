#include "actors/profile/user_actor.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/matching/score_version.hpp"
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
  std::uint64_t generation = 0;  // of the postings when the matches were read
};

/// One change of the profile, waiting for its turn.
struct Write {
  std::function<Result<Profile>(const Profile& current)> change;
  std::function<void(Result<Rendered>)> finish;
  int attempts = 0;
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
  std::deque<Write> writes;                   // one after the other
  bool writing = false;
  bool reading_resume = false;
  bool reloading_matches = false;
  std::vector<std::function<void(Done)>> matches_waiting;  // for the next reading of the matches
  std::chrono::steady_clock::time_point matches_retry{};   // after a reading that failed
  bool stale = false;  // a write may or may not have happened: read the rows before the next one
  std::uint64_t matches_generation = 0;  // of the postings, when the matches were read
  std::chrono::steady_clock::time_point touched{};
};

using Self = Shell<UserState, UserActor>;

task<Result<Rows>> load_rows(Services& services, UserId id) {
  auto& db = services.databases.here();
  Rows rows;
  rows.generation = services.jobs_generation.load();
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

void next_write(Self* self);

/// Reads the rows again because nobody knows whether the last write happened, or somebody else
/// wrote. Until that has worked, reads are answered from memory and writes wait; if it fails they
/// are refused.
void read_again(Self* self) {
  auto& state = self->state;
  state.writing = true;
  self->await<Rows>(
    state.services->io, [&s = *state.services, id = state.id] { return load_rows(s, id); },
    [self](Result<Rows> rows) {
      auto& after = self->state;
      after.writing = false;
      if (rows) {
        after.stale = false;
        after.profile = std::move(rows->profile);
        show(after);
        return next_write(self);
      }
      for (auto& write : std::exchange(after.writes, {}))
        write.finish(fail(rows.error()));
      self->delayed_send(self, std::chrono::seconds{1}, ReadAgain{});
    });
}

void saved(Self* self, Write write, Result<Profile> result) {
  auto& state = self->state;
  state.writing = false;
  if (result) {
    state.profile = std::move(*result);
    show(state);
    spdlog::info("event=profile.updated user={} version={}", to_string(state.id),
                 state.profile.version);
    write.finish(rendered_profile(state));
    return next_write(self);
  }
  auto code = result.error().code;
  if (code == Errc::precondition_failed && write.attempts < 2) {
    // The row is newer than what is in memory: make the change again, on the row.
    state.stale = true;
    ++write.attempts;
    state.writes.push_front(std::move(write));
    return next_write(self);
  }
  if (code == Errc::precondition_failed || code == Errc::unavailable || code == Errc::timed_out) {
    state.stale = true;
    self->delayed_send(self, std::chrono::seconds{1}, ReadAgain{});
  }
  write.finish(fail(std::move(result.error())));
  next_write(self);
}

void next_write(Self* self) {
  auto& state = self->state;
  if (state.writing || state.writes.empty())
    return;
  if (state.stale)
    return read_again(self);
  auto write = std::move(state.writes.front());
  state.writes.pop_front();
  auto changed = write.change(state.profile);
  if (!changed || changed->version == state.profile.version) {
    // Refused, or nothing has changed.
    write.finish(changed ? Result<Rendered>{rendered_profile(state)}
                         : Result<Rendered>{fail(std::move(changed.error()))});
    return next_write(self);
  }
  state.writing = true;
  self->await<Profile>(
    state.services->io,
    [&s = *state.services, profile = std::move(*changed),
     expected = state.profile.version]() mutable {
      return storage::save_profile(s.databases.here(), std::move(profile), expected);
    },
    [self, write = std::move(write)](Result<Profile> result) mutable {
      saved(self, std::move(write), std::move(result));
    });
}

/// Stores what `change` makes of the present profile, one change after the other; `finish` hears of
/// it when it is committed.
void write_profile(Self* self, std::function<Result<Profile>(const Profile&)> change,
                   std::function<void(Result<Rendered>)> finish) {
  auto& state = self->state;
  if (state.writes.size() >= waiting_max)
    return finish(
      fail(Error{Errc::unavailable, "too many changes are waiting", {}, std::chrono::seconds{1}}));
  state.writes.push_back({std::move(change), std::move(finish)});
  next_write(self);
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

void read_matches(Self* self);

caf::result<Rendered> matches(Self* self, const Context& c, const GetMatches& m) {
  if (auto allowed = may_access(c.principal, self->state.id); !allowed)
    return to_caf(allowed.error());
  auto& state = self->state;
  auto clock = std::chrono::steady_clock::now();
  bool fresh = state.matches_generation == state.services->jobs_generation.load() ||
               clock < state.matches_retry;
  if (state.phase == UserState::Phase::ready && fresh) {
    state.touched = clock;
    return matches_page(state, m);
  }
  return when_loaded<Rendered>(self, [self, m](auto promise) {
    // Postings have expired, changed or been merged since: look again. If that cannot be had now,
    // what is in memory is better than nothing.
    self->state.matches_waiting.push_back(
      [self, m, promise](Done) mutable { promise.deliver(matches_page(self->state, m)); });
    read_matches(self);
  });
}

/// Reads the stored matches again for everybody who asked until now. Who asks meanwhile gets a
/// reading of their own: the present one may have begun before their rows were committed.
void read_matches(Self* self) {
  auto& state = self->state;
  if (state.reloading_matches || state.matches_waiting.empty())
    return;
  state.reloading_matches = true;
  auto waiting = std::exchange(state.matches_waiting, {});
  auto generation = state.services->jobs_generation.load();
  self->await<std::vector<StoredMatch>>(
    state.services->io,
    [&s = *state.services, id = state.id] {
      return storage::list_matches(s.databases.here(), id, 0, matches_kept);
    },
    [self, generation, waiting = std::move(waiting)](Result<std::vector<StoredMatch>> found) {
      auto& after = self->state;
      after.reloading_matches = false;
      if (found) {
        after.matches = std::move(*found);
        after.matches_generation = generation;
        after.pages.clear();
        ++after.matches_version;
      } else {
        after.matches_retry = std::chrono::steady_clock::now() + std::chrono::seconds{2};
        spdlog::warn("event=matches.read_failed user={} why=\"{}\"", to_string(after.id),
                     found.error().detail);
      }
      for (const auto& finish : waiting)
        finish(found ? Done{} : Done{fail(found.error())});
      read_matches(self);
    });
}

caf::result<Ok> matches_changed(Self* self) {
  return when_loaded<Ok>(self, [self](auto promise) {
    self->state.matches_waiting.push_back([promise](Done done) mutable {
      settle(promise, done ? Result<Ok>{Ok{}} : Result<Ok>{fail(done.error())});
    });
    read_matches(self);
  });
}

/// The run's row is committed before the answer; the batch's actor is only woken by it.
task<Result<TaskView>> open_run(Services& services, Context context,
                                std::shared_ptr<const Profile> profile, ScoreJobs m) {
  auto& db = services.databases.here();
  auto user = profile->user_id;
  auto version = co_await score_version(services, *profile);
  if (!version)
    co_return fail(std::move(version.error()));
  storage::Batch batch;
  batch.id = TaskId::fresh();
  batch.user_id = user;
  batch.score_version = version->number;
  batch.params = run_params(m, version->basis);
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
    self->await<TaskView>(
      state.services->io,
      [&s = *state.services, c, m, profile = std::make_shared<const Profile>(state.profile)] {
        return open_run(s, c, profile, m);
      },
      [promise](Result<TaskView> view) mutable { settle(promise, std::move(view)); });
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
