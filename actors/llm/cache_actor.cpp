#include "actors/llm/cache_actor.hpp"

#include <unordered_map>

#include "actors/llm/core/cache.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"

namespace jobraker::llm {
namespace {

constexpr std::size_t waiters_max = 1000;  // of one call

/// A call that somebody makes.
struct InFlight {
  Context::Clock::time_point until{};  ///< its leader's deadline
  std::vector<caf::typed_response_promise<Recalled>> waiting{};
};

struct CacheState {
  static inline const char* name = "llm-cache";
  std::unordered_map<std::string, InFlight> in_flight;
  AnswerCache<std::shared_ptr<const WireReply>> answers{0};

  std::size_t bytes() const noexcept { return answers.bytes(); }

  std::string summary() const { return Summary{}.with("in_flight", in_flight.size()).text(); }
};

using Self = Shell<CacheState, CacheActor>;

std::size_t bytes_of(const WireReply& reply) {
  return reply.reply.text.size() + reply.vectors.size() * embedding_dimensions * sizeof(float) +
         512;
}

caf::result<Recalled> recall(Self* self, const Context& c, const Recall& m) {
  auto& state = self->state;
  auto now = Context::Clock::now();
  if (auto known = state.answers.find(m.key, now))
    return Recalled{*known, false};
  auto [it, fresh] = state.in_flight.try_emplace(m.key);
  if (fresh || it->second.until <= now) {
    it->second.until = c.deadline;
    return Recalled{};
  }
  if (it->second.waiting.size() >= waiters_max)
    return to_caf(
      Error{Errc::unavailable, "too many wait for the same call", {}, std::chrono::seconds{1}});
  auto promise = self->make_response_promise<Recalled>();
  it->second.waiting.push_back(promise);
  return promise;
}

void learnt(Self* self, const Learnt& m) {
  auto& state = self->state;
  auto now = Context::Clock::now();
  if (m.reply && m.keep.count() > 0)
    state.answers.put(m.key, m.reply, bytes_of(*m.reply), m.keep, now);
  auto found = state.in_flight.find(m.key);
  if (found == state.in_flight.end())
    return;
  if (!m.reply && (m.error.code == Errc::cancelled || m.error.code == Errc::timed_out) &&
      !found->second.waiting.empty()) {
    // Its leader gave up, the others have not: the next one leads.
    auto next = std::move(found->second.waiting.front());
    found->second.waiting.erase(found->second.waiting.begin());
    next.deliver(Recalled{});
    return;
  }
  auto waiting = std::move(found->second.waiting);
  state.in_flight.erase(found);
  for (auto& promise : waiting)
    if (m.reply)
      promise.deliver(Recalled{m.reply, true});
    else
      refuse(promise, m.error);
}

CacheActor::behavior_type cache_actor(Self* self, Services* services) {
  self->state.answers = AnswerCache<std::shared_ptr<const WireReply>>{
    static_cast<std::size_t>(services->config.llm.cache_bytes)};
  return {
    [self](const Context& c, const Recall& m) { return recall(self, c, m); },
    [self](const Learnt& m) { learnt(self, m); },
  };
}

}  // namespace

CacheActor start_cache(Services& services, const std::string& path) {
  return services.system.spawn(path, "llm-cache", cache_actor, &services);
}

}  // namespace jobraker::llm
