#include "actors/matching/matching_actor.hpp"

#include <spdlog/spdlog.h>

#include "actors/matching/candidates.hpp"
#include "actors/matching/core/job_index.hpp"
#include "actors/matching/core/profile_text.hpp"
#include "actors/matching/embed_apart.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"
#include "storage/vectors.hpp"

namespace jobraker {
namespace {

using matching::JobIndex;

constexpr std::size_t page = 1000;
constexpr std::size_t embed_page = 64;
constexpr std::size_t waiting_max = 1000;
/// A row's time is that of the beginning of its transaction.
constexpr std::chrono::minutes longest_transaction{2};

struct Filled {
  std::int64_t embedded = 0;
  Time changes_seen{};
  bool full = false;  ///< more jobs than memory may hold
};

struct MatchingState {
  static inline const char* name = "matching";
  Services* services = nullptr;
  std::shared_ptr<JobIndex> index;
  bool loaded = false;  ///< every stored vector is in memory
  bool full = false;
  bool running = false;   ///< an indexing run is under way
  bool complete = false;  ///< a run has looked at every posting: only changes can lack vectors
  Time changes_seen{};
  std::vector<caf::typed_response_promise<IndexReport>> waiting;  ///< for the next indexing run

  std::size_t bytes() const { return index ? index->bytes() : 0; }

  std::string summary() const {
    return Summary{}
      .with("loaded", loaded)
      .with("full", full)
      .with("running", running)
      .with("complete", complete)
      .with("waiting", waiting.size())
      .with("changes_seen", changes_seen)
      .text();
  }
};

using Self = Shell<MatchingState, MatchingActor>;

/// Loads these jobs' rows and puts them, with their vectors, into the index.
task<Result<bool>> put_all(Services& services, JobIndex& index,
                           std::vector<storage::StoredJobVectors> stored) {
  std::vector<JobId> ids;
  for (const auto& entry : stored)
    ids.push_back(entry.job_id);
  auto jobs = co_await storage::load_jobs(services.databases.here(), ids);
  if (!jobs)
    co_return fail(std::move(jobs.error()));
  std::unordered_map<JobId, const Job*> by_id;
  for (const auto& job : *jobs)
    by_id.emplace(job.id, &job);
  for (const auto& entry : stored)
    if (auto it = by_id.find(entry.job_id); it != by_id.end())
      if (auto done = index.put(*it->second, entry.vectors); !done) {
        if (done.error().code == Errc::too_large)
          co_return true;
        spdlog::warn("event=matching.bad_vector job={} why=\"{}\"", to_string(entry.job_id),
                     done.error().detail);
      }
  co_return false;
}

task<Result<Filled>> load_stored(Services& services, std::shared_ptr<JobIndex> index) {
  Filled out;
  // Taken first, so that what changes meanwhile is looked at again.
  out.changes_seen = now() - std::chrono::minutes{1};
  std::optional<JobId> after;
  for (;;) {
    auto stored = co_await storage::load_job_vectors_page(
      services.databases.here(), services.config.llm.embedding_model, after, page);
    if (!stored)
      co_return fail(std::move(stored.error()));
    if (stored->empty())
      break;
    after = stored->back().job_id;
    bool last = stored->size() < page;
    auto full = co_await put_all(services, *index, std::move(*stored));
    if (!full)
      co_return fail(std::move(full.error()));
    out.full = out.full || *full;
    if (last || out.full)
      break;
  }
  co_return out;
}

/// Takes out what is no longer active and takes changed facts over.
task<Result<Time>> follow_changes(Services& services, JobIndex& index, Time since) {
  for (;;) {
    auto changes = co_await storage::jobs_changed_since(services.databases.here(), since, page);
    if (!changes)
      co_return fail(std::move(changes.error()));
    std::vector<JobId> changed;
    for (const auto& change : *changes) {
      if (change.status != JobStatus::active)
        index.remove(change.id);
      else
        changed.push_back(change.id);
    }
    auto jobs = co_await storage::load_jobs(services.databases.here(), changed);
    if (!jobs)
      co_return fail(std::move(jobs.error()));
    // A posting that came back to life has its vectors stored already.
    std::vector<JobId> unknown;
    for (const auto& job : *jobs) {
      if (index.contains(job.id)) {
        if (auto done = index.put(job, JobVectors{}); !done)
          spdlog::warn("event=matching.put_failed job={} why=\"{}\"", to_string(job.id),
                       done.error().detail);
      } else {
        unknown.push_back(job.id);
      }
    }
    auto vectors = co_await storage::load_job_vectors(services.databases.here(),
                                                      services.config.llm.embedding_model, unknown);
    if (!vectors)
      co_return fail(std::move(vectors.error()));
    if (auto put = co_await put_all(services, index, std::move(*vectors)); !put)
      co_return fail(std::move(put.error()));
    if (changes->empty() || changes->back().updated_at == since || changes->size() < page)
      co_return changes->empty() ? since : changes->back().updated_at;
    since = changes->back().updated_at;
  }
}

/// Embeds every posting without vectors for its present content, page by page; each page is stored
/// before the next is asked for, so nothing is paid twice after a crash. A text that the provider
/// refuses is stored without a vector, and not asked for again until it changes. With
/// `only_changed` only what changed lately is looked at.
task<Result<Filled>> embed_missing(Services& services, std::shared_ptr<JobIndex> index, Time since,
                                   bool only_changed) {
  Filled out;
  std::optional<Time> from;
  if (only_changed)
    from = since - longest_transaction;
  for (;;) {
    auto missing = co_await storage::jobs_without_vectors(
      services.databases.here(), services.config.llm.embedding_model, embed_page, from);
    if (!missing)
      co_return fail(std::move(missing.error()));
    if (missing->empty())
      break;
    std::vector<std::string> wanted;
    struct Target {
      std::size_t job;
      bool requirements;
    };
    std::vector<Target> targets;
    for (std::size_t i = 0; i < missing->size(); ++i) {
      auto texts = matching::texts_of((*missing)[i].job);
      if (!texts.description.empty()) {
        wanted.push_back(std::move(texts.description));
        targets.push_back({i, false});
      }
      if (!texts.requirements.empty()) {
        wanted.push_back(std::move(texts.requirements));
        targets.push_back({i, true});
      }
    }
    auto context = Context::system(std::chrono::minutes{3});
    std::vector<JobVectors> vectors(missing->size());
    if (!wanted.empty()) {
      auto answer = co_await embed_apart(services, context, std::move(wanted));
      if (!answer)
        co_return fail(std::move(answer.error()));
      for (std::size_t i = 0; i < targets.size(); ++i) {
        auto& target = vectors[targets[i].job];
        if ((*answer)[i].empty())
          spdlog::warn("event=matching.not_embeddable job={} text={}",
                       to_string((*missing)[targets[i].job].job.id),
                       targets[i].requirements ? "requirements" : "description");
        (targets[i].requirements ? target.requirements : target.description) =
          std::move((*answer)[i]);
      }
    }
    for (std::size_t i = 0; i < missing->size(); ++i) {
      const auto& entry = (*missing)[i];
      auto saved =
        co_await storage::save_job_vectors(services.databases.here(), entry.job.id, vectors[i],
                                           services.config.llm.embedding_model, entry.content_hash);
      if (!saved)
        co_return fail(std::move(saved.error()));
      if (auto done = index->put(entry.job, vectors[i]);
          !done && done.error().code == Errc::too_large)
        out.full = true;
    }
    out.embedded += static_cast<std::int64_t>(missing->size());
  }
  auto seen = co_await follow_changes(services, *index, since);
  if (!seen)
    co_return fail(std::move(seen.error()));
  out.changes_seen = *seen;
  co_return out;
}

void run_index(Self* self) {
  auto& state = self->state;
  if (state.running || !state.loaded || state.waiting.empty())
    return;
  state.running = true;
  auto waiting = std::exchange(state.waiting, {});
  self->await<Filled>(
    state.services->io,
    [&s = *state.services, index = state.index, since = state.changes_seen,
     only_changed = state.complete] { return embed_missing(s, index, since, only_changed); },
    [self, waiting = std::move(waiting)](Result<Filled> filled) mutable {
      auto& after = self->state;
      after.running = false;
      if (filled) {
        after.full = after.full || filled->full;
        after.changes_seen = filled->changes_seen;
        after.complete = true;
      }
      for (auto& promise : waiting)
        if (filled)
          promise.deliver(
            IndexReport{static_cast<std::int64_t>(after.index->size()), filled->embedded});
        else
          refuse(promise, filled.error());
      run_index(self);
    });
}

void start_loading(Self* self) {
  self->await<Filled>(
    self->state.services->io,
    [&s = *self->state.services, index = self->state.index] { return load_stored(s, index); },
    [self](Result<Filled> filled) {
      auto& state = self->state;
      if (!filled) {
        spdlog::warn("event=matching.load_failed why=\"{}\"", filled.error().detail);
        for (auto& promise : std::exchange(state.waiting, {}))
          refuse(promise, filled.error());
        return self->delayed_send(self, std::chrono::seconds{2}, Tick{});
      }
      state.loaded = true;
      state.full = filled->full;
      state.changes_seen = filled->changes_seen;
      spdlog::info("event=matching.loaded jobs={} megabytes={} full={}", state.index->size(),
                   state.index->bytes() >> 20, state.full);
      run_index(self);
    });
}

MatchingActor::behavior_type matching_actor(Self* self, Services* services) {
  auto& state = self->state;
  state.services = services;
  state.index = std::make_shared<JobIndex>(
    static_cast<std::size_t>(services->config.matching.jobs_in_memory_max));
  start_loading(self);
  return {
    [self](const Context&, const IndexJobs&) -> caf::result<IndexReport> {
      if (self->state.waiting.size() >= waiting_max)
        return to_caf(Error{
          Errc::unavailable, "too many are waiting for the index", {}, std::chrono::seconds{5}});
      auto promise = self->make_response_promise<IndexReport>();
      self->state.waiting.push_back(promise);
      run_index(self);
      return promise;
    },
    [self](const Context&, const FindCandidates& m) {
      auto& now_state = self->state;
      bool memory = now_state.loaded && !now_state.full;
      return self->answer<Candidates>(now_state.services->io, [&s = *now_state.services, m, memory,
                                                               jobs = now_state.index->snapshot()] {
        return memory ? candidates_in_memory(s, jobs, m) : candidates_in_database(s, m);
      });
    },
    [self](const Tick&) { start_loading(self); },
  };
}

}  // namespace

MatchingActor start_matching(Services& services, const std::string& path) {
  return services.system.spawn(path, "matching", matching_actor, &services);
}

}  // namespace jobraker
