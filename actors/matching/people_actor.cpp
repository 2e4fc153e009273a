#include "actors/matching/people_actor.hpp"

#include <set>

#include <spdlog/spdlog.h>

#include "actors/matching/people_loading.hpp"
#include "actors/matching/people_search.hpp"
#include "actors/matching/rescoring.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"

namespace jobraker {
namespace {

constexpr std::size_t waiting_max = 10'000;
/// Postings looked at together: the more, the less each costs; the fewer, the sooner the first is
/// told. The reasons of a posting's scores take longer than its part of the product.
constexpr std::size_t postings_at_once = 16;
constexpr std::chrono::seconds tick{2};
/// Changes are told as events; this finds those of other nodes and those nobody told of.
constexpr std::chrono::seconds follow_every{15};
/// A row's time is that of the beginning of its transaction.
constexpr std::chrono::minutes longest_transaction{1};

struct Wish {
  JobId job{};
  caf::typed_response_promise<FoundPeople> promise{};
};

struct PeopleState {
  static inline const char* name = "people";
  Services* services = nullptr;
  std::shared_ptr<matching::PeopleIndex> index;
  bool loaded = false;
  bool loading = false;
  bool full = false;
  bool searching = false;
  bool reading = false;  ///< changed people are being read
  bool following = false;
  bool rescoring = false;
  Time seen{};  ///< changes up to then are in memory
  std::chrono::steady_clock::time_point followed{};
  std::vector<Wish> waiting;  ///< for the next search
  std::set<UserId> changed;   ///< to be read again

  std::size_t bytes() const { return index ? index->bytes() : 0; }

  std::string summary() const {
    return Summary{}
      .with("loaded", loaded)
      .with("loading", loading)
      .with("full", full)
      .with("searching", searching)
      .with("reading", reading)
      .with("following", following)
      .with("rescoring", rescoring)
      .with("waiting", waiting.size())
      .with("changed", changed.size())
      .with("seen", seen)
      .ago("followed_s", followed)
      .text();
  }
};

using Self = Shell<PeopleState, PeopleActor>;
using Found = std::unordered_map<JobId, FoundPeople>;

void search(Self* self) {
  auto& state = self->state;
  if (state.searching || !state.loaded || state.waiting.empty())
    return;
  state.searching = true;
  std::vector<Wish> wishes;
  std::vector<JobId> jobs;
  auto count = std::min(postings_at_once, state.waiting.size());
  for (std::size_t i = 0; i < count; ++i) {
    wishes.push_back(std::move(state.waiting[i]));
    jobs.push_back(wishes.back().job);
  }
  state.waiting.erase(state.waiting.begin(),
                      state.waiting.begin() + static_cast<std::ptrdiff_t>(count));
  self->await<Found>(
    state.services->io,
    [&s = *state.services, people = state.index->snapshot(), jobs = std::move(jobs)] {
      return search_people(s, people, jobs);
    },
    [self, wishes = std::move(wishes)](Result<Found> found) mutable {
      self->state.searching = false;
      for (auto& wish : wishes) {
        if (!found)
          refuse(wish.promise, found.error());
        else if (auto it = found->find(wish.job); it != found->end())
          wish.promise.deliver(it->second);
        else
          refuse(wish.promise, Error{Errc::not_found, "there is no such job", {}, {}});
      }
      search(self);
    });
}

void note_full(PeopleState& state, bool full) {
  if (full && !state.full)
    spdlog::warn("event=people.full people={} key=matching.people_in_memory_max",
                 state.index->size());
  state.full = state.full || full;
}

/// Reads changed people, one reading at a time, so that an older row never comes after a newer one.
void read_changed(Self* self) {
  auto& state = self->state;
  if (state.reading || !state.loaded || state.changed.empty())
    return;
  state.reading = true;
  std::vector<UserId> users{state.changed.begin(), state.changed.end()};
  state.changed.clear();
  self->await<bool>(
    state.services->io,
    [&s = *state.services, index = state.index, users] { return load_again(s, index, users); },
    [self, users](Result<bool> full) {
      auto& after = self->state;
      after.reading = false;
      if (full) {
        note_full(after, *full);
        return read_changed(self);
      }
      spdlog::warn("event=people.read_failed people={} why=\"{}\"", users.size(),
                   full.error().detail);
      after.changed.insert(users.begin(), users.end());  // at the next tick
    });
}

void load(Self* self) {
  auto& state = self->state;
  state.loading = true;
  // Taken first, so that what changes meanwhile is looked at again.
  state.seen = now();
  self->await<bool>(
    state.services->io,
    [&s = *state.services, index = state.index] { return load_everybody(s, index); },
    [self](Result<bool> full) {
      auto& after = self->state;
      after.loading = false;
      if (!full) {
        spdlog::warn("event=people.load_failed why=\"{}\"", full.error().detail);
        return;  // at the next tick again
      }
      after.loaded = true;
      note_full(after, *full);
      spdlog::info("event=people.loaded people={} vector_megabytes={} full={}", after.index->size(),
                   after.index->bytes() >> 20, after.full);
      read_changed(self);
      search(self);
    });
}

void follow(Self* self) {
  auto& state = self->state;
  auto clock = std::chrono::steady_clock::now();
  if (state.following || !state.loaded || clock - state.followed < follow_every)
    return;
  state.following = true;
  state.followed = clock;
  self->await<ChangedPeople>(
    state.services->io,
    [&s = *state.services, index = state.index, since = state.seen - longest_transaction] {
      return changed_people(s, *index, since);
    },
    [self](Result<ChangedPeople> changed) {
      auto& after = self->state;
      after.following = false;
      if (!changed)
        return spdlog::warn("event=people.follow_failed why=\"{}\"", changed.error().detail);
      after.seen = std::max(after.seen, changed->seen);
      after.changed.insert(changed->users.begin(), changed->users.end());
      read_changed(self);
    });
}

void rescore(Self* self) {
  auto& state = self->state;
  if (state.rescoring)
    return;
  state.rescoring = true;
  self->await<std::size_t>(
    state.services->io, [&s = *state.services] { return start_due_scorings(s); },
    [self](Result<std::size_t> started) {
      self->state.rescoring = false;
      if (!started)
        spdlog::warn("event=rescoring.failed why=\"{}\"", started.error().detail);
    });
}

std::string summary(const PeopleState& state) {
  return std::string{state.loaded ? "people: " : "loading, people: "} +
         std::to_string(state.index->size()) + (state.full ? " (full)" : "") +
         ", postings waiting: " + std::to_string(state.waiting.size());
}

PeopleActor::behavior_type people_actor(Self* self, Services* services) {
  auto& state = self->state;
  state.services = services;
  state.index = std::make_shared<matching::PeopleIndex>(
    static_cast<std::size_t>(services->config.matching.people_in_memory_max));
  load(self);
  self->delayed_send(self, tick, Tick{});
  return {
    [self](const Context&, const FindPeople& m) -> caf::result<FoundPeople> {
      if (self->state.waiting.size() >= waiting_max)
        return to_caf(
          Error{Errc::unavailable, "too many postings are waiting", {}, std::chrono::seconds{5}});
      auto promise = self->make_response_promise<FoundPeople>();
      self->state.waiting.push_back({m.job, promise});
      search(self);
      return promise;
    },
    [self](const Context&, const Inspect&) { return StateSummary{summary(self->state)}; },
    [self](const PersonChanged& m) {
      self->state.changed.insert(m.user);
      read_changed(self);
    },
    [self](const Tick&) {
      self->delayed_send(self, tick, Tick{});
      if (!self->state.loaded && !self->state.loading)
        load(self);
      read_changed(self);
      follow(self);
      rescore(self);
    },
  };
}

}  // namespace

PeopleActor start_people(Services& services, const std::string& path) {
  return services.system.spawn(path, "people", people_actor, &services);
}

}  // namespace jobraker
