#include <spdlog/spdlog.h>

#include "actors/matching/score_version.hpp"
#include "actors/profile/user_state.hpp"
#include "net/ask.hpp"
#include "storage/batches.hpp"
#include "storage/databases.hpp"
#include "storage/scores.hpp"

/// The user actor's matches, kept as rendered pages, and the runs that bring them.
namespace jobraker::user {
namespace {

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

}  // namespace

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

namespace {

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
        keep(after, std::move(*found));
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

}  // namespace

caf::result<Ok> matches_changed(Self* self) {
  return when_loaded<Ok>(self, [self](auto promise) {
    self->state.matches_waiting.push_back([promise](Done done) mutable {
      settle(promise, done ? Result<Ok>{Ok{}} : Result<Ok>{fail(done.error())});
    });
    read_matches(self);
  });
}
namespace {

/// Runs that end between two of our looks, before the caller is told to come back.
constexpr int rounds_max = 5;

/// Makes the run, or finds the one that is under way already.
task<Result<TaskId>> make_or_find(storage::Session& session, storage::Batch batch) {
  for (int round = 0; round < rounds_max; ++round) {
    auto created = co_await storage::create_batch(session, batch);
    if (created)
      co_return batch.id;
    if (created.error().code != Errc::conflict)
      co_return fail(std::move(created.error()));
    auto open = co_await storage::open_batch(session, batch.user_id);
    if (!open)
      co_return fail(std::move(open.error()));
    if (*open)
      co_return **open;
  }
  co_return fail(Error{
    Errc::unavailable, "a scoring run has just ended; ask again", {}, std::chrono::seconds{1}});
}

/// The run's row is committed before the answer; the batch's actor is only woken by it.
task<Result<TaskView>> open_run(Services& services, Context context,
                                std::shared_ptr<const Profile> profile, ScoreJobs m) {
  auto version = co_await score_version(services, *profile);
  if (!version)
    co_return fail(std::move(version.error()));
  storage::Batch batch;
  batch.id = TaskId::fresh();
  batch.user_id = profile->user_id;
  batch.score_version = version->number;
  batch.params = run_params(m, version->basis);
  auto id = co_await make_or_find(services.databases.here(), std::move(batch));
  if (!id)
    co_return fail(std::move(id.error()));
  if (auto running = services.batch(*id); !running)
    spdlog::warn("event=batch.start_failed batch={} why=\"{}\"", to_string(*id),
                 running.error().detail);
  co_return co_await net::ask(services.tasks, context, GetTask{*id});
}

}  // namespace

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
}  // namespace jobraker::user
