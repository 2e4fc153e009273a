#pragma once

#include <deque>
#include <functional>
#include <map>

#include "actors/profile/match_view.hpp"
#include "actors/system/for_cause.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/services.hpp"
#include "actors/system/summary.hpp"
#include "messages/profile.hpp"
#include "storage/session.hpp"

/// The inside of the user actor: its state, and its parts in files of their own. Nobody else
/// includes this.
namespace jobraker::user {

inline constexpr std::size_t waiting_max = 256;   // requests while loading, and writes in a row
inline constexpr std::size_t matches_kept = 500;  // in memory, best first
inline constexpr std::size_t pages_kept = 16;     // rendered pages of matches
inline constexpr std::chrono::minutes resume_budget{3};

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
  std::optional<EffectPass> effect{};  // settled with the change
  int attempts = 0;
  Cause cause = current_cause();  // for whom it is made
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
  std::weak_ptr<const bool> reading_resume;  // there while one is read
  bool reloading_matches = false;
  std::vector<std::function<void(Done)>> matches_waiting;  // for the next reading of the matches
  std::chrono::steady_clock::time_point matches_retry{};   // after a reading that failed
  bool stale = false;  // a write may or may not have happened: read the rows before the next one
  std::uint64_t matches_generation = 0;  // of the postings, when the matches were read
  std::chrono::steady_clock::time_point touched{};
  std::size_t matches_bytes = 0;

  /// For whom it works when a message does not say so.
  UserId owner() const noexcept { return id; }

  /// About what is in memory. A profile takes about twice its text, which is kept, too.
  std::size_t bytes() const noexcept {
    auto sum = (profile_json ? 3 * profile_json->size() : 0) + matches_bytes;
    for (const auto& [key, page] : pages)
      sum += page.json ? page.json->size() : 0;
    return sum;
  }

  std::string summary() const {
    static constexpr std::string_view phases[] = {"loading", "ready", "failed"};
    return Summary{}
      .word("phase", phase, phases)
      .with("version", profile.version)
      .with("matches", matches.size())
      .with("matches_version", matches_version)
      .with("pages", pages.size())
      .with("waiting", waiting.size())
      .with("writes", writes.size())
      .with("writing", writing)
      .with("reading_resume", !reading_resume.expired())
      .with("reloading_matches", reloading_matches)
      .with("stale", stale)
      .ago("touched_s", touched)
      .text();
  }
};

using Self = Shell<UserState, UserActor>;

/// Reads a person's rows. Errc::not_found when there is no such account.
task<Result<Rows>> load_rows(Services& services, UserId id);

/// Stores the profile, which was based on version `expected`, and tells of it.
task<Result<Profile>> save_and_tell(storage::Session& session, Profile profile,
                                    std::int64_t expected);

/// From now on these are the person's matches.
void keep(UserState& state, std::vector<StoredMatch> matches);

/// Renders the profile anew.
void show(UserState& state);
Rendered rendered_profile(const UserState& state);

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
    state.waiting.push_back(for_cause(std::move(run)));
  }
  return promise;
}

/// Stores what `change` makes of the present profile, one change after the other; `finish` hears of
/// it when it is committed.
void write_profile(Self* self, std::function<Result<Profile>(const Profile&)> change,
                   std::function<void(Result<Rendered>)> finish,
                   std::optional<EffectPass> effect = {});

/// Reads the rows again because nobody knows whether the last write happened, or somebody else
/// wrote. Until that has worked, reads are answered from memory and writes wait; if it fails they
/// are refused.
void read_again(Self* self);

caf::result<Rendered> matches(Self* self, const Context& c, const GetMatches& m);
caf::result<Ok> matches_changed(Self* self);

/// Begins a scoring run, or finds the one that runs.
caf::result<TaskView> score(Self* self, const Context& c, const ScoreJobs& m);

}  // namespace jobraker::user
