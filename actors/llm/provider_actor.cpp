#include "actors/llm/provider_actor.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/llm/core/breaker.hpp"
#include "actors/llm/core/queue.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"

namespace jobraker::llm {
namespace {

/// A permission nobody gave back by then is taken away.
constexpr std::chrono::seconds permit_lease{60};
constexpr std::chrono::milliseconds tick_max{1000};

using PermitPromise = caf::typed_response_promise<Permit>;

/// Everything about one model.
struct Lane {
  CallQueue queue{};
  Limiter limiter{};
  Breaker breaker{};
  std::map<std::int64_t, PermitPromise> waiting{};
};

/// A permission that is out.
struct Out {
  std::string model{};
  std::uint64_t pass = 0;
  std::int64_t tokens = 0;
  Moment until{};
};

struct ProviderState {
  static inline const char* name = "provider";
  Services* services = nullptr;
  std::map<std::string, Lane, std::less<>> lanes;
  std::map<std::int64_t, Out> out;
  std::int64_t last_id = 0;
  std::string turn;  // the lane that was served last
  bool ticking = false;

  Moment began = Context::Clock::now();

  /// The worst of its models' breakers is the provider's `state`: open, half open, closed. `since`
  /// is from when on one was that bad, and for closed from when on all were.
  std::string summary() const {
    static constexpr std::string_view words[] = {"closed", "open", "half_open"};
    const auto now = Context::Clock::now();
    auto worst = BreakerState::closed;
    auto since = began;
    std::size_t waiting = 0;
    for (const auto& [model, lane] : lanes) {
      waiting += lane.waiting.size();
      const auto state = lane.breaker.state(now);
      const auto then = lane.breaker.since(now).value_or(began);
      if (state == worst)
        since = state == BreakerState::closed ? std::max(since, then) : std::min(since, then);
      else if (state == BreakerState::open || worst == BreakerState::closed)
        std::tie(worst, since) = std::pair{state, then};
    }
    const auto ago = std::chrono::duration_cast<std::chrono::microseconds>(now - since);
    return Summary{}
      .word("state", worst, words)
      .with("since", jobraker::now() - ago)
      .with("models", lanes.size())
      .with("in_flight", out.size())
      .with("waiting", waiting)
      .text();
  }
};

using Self = Shell<ProviderState, ProviderActor>;

QueueRules queue_rules(const LlmConfig& config) {
  QueueRules rules;
  rules.total = static_cast<std::size_t>(config.waiting_max);
  rules.each = {rules.total, rules.total * 7 / 10, rules.total * 4 / 10};
  rules.per_tenant = std::max<std::size_t>(rules.total / 4, 1);
  return rules;
}

Lane& lane_of(ProviderState& state, const std::string& model) {
  auto found = state.lanes.find(model);
  if (found != state.lanes.end())
    return found->second;
  auto& lane = state.lanes[model];
  lane.queue = CallQueue{queue_rules(state.services->config.llm)};
  if (const auto* info = state.services->gateway->tables.model(model))
    lane.limiter = Limiter{info->requests_per_minute, info->tokens_per_minute};
  return lane;
}

Error closed_error(const std::string& model, std::chrono::milliseconds wait) {
  return Error{Errc::unavailable, "the model " + model + " does not answer at present", {}, wait};
}

void schedule(Self* self, std::chrono::milliseconds wait) {
  if (std::exchange(self->state.ticking, true))
    return;
  self->delayed_send(self, std::clamp(wait, std::chrono::milliseconds{1}, tick_max), Tick{});
}

/// Refuses those of a lane whose time is up, and everybody while its breaker is open.
void clear_out(Lane& lane, const std::string& model, Moment now) {
  auto refuse_one = [&lane](std::int64_t id, const Error& error) {
    auto found = lane.waiting.find(id);
    if (found == lane.waiting.end())
      return;
    refuse(found->second, error);
    lane.waiting.erase(found);
  };
  for (const auto& item : lane.queue.expire(now))
    refuse_one(item.id, Error{Errc::timed_out,
                              "the deadline passed while the call waited for the language model",
                              {},
                              {}});
  if (lane.breaker.state(now) != BreakerState::open)
    return;
  while (auto item = lane.queue.pop(now))
    refuse_one(item->id, closed_error(model, lane.breaker.wait(now)));
}

/// Lets one call of a lane go; false when none may.
bool serve_one(ProviderState& state, const std::string& model, Lane& lane, Moment now,
               std::chrono::milliseconds& wake) {
  const auto* first = lane.queue.front();
  if (first == nullptr || lane.breaker.wait(now).count() > 0) {
    if (first != nullptr)
      wake = std::min(wake, lane.breaker.wait(now));
    return false;
  }
  if (auto wait = lane.limiter.take(first->tokens, now); wait.count() > 0) {
    wake = std::min(wake, wait);
    return false;
  }
  auto pass = lane.breaker.enter(now);
  if (!pass) {
    lane.limiter.give_back(first->tokens, now);
    return false;
  }
  auto item = *lane.queue.pop(now);
  auto promise = lane.waiting.extract(item.id);
  state.out[item.id] = {model, *pass, item.tokens, item.deadline + permit_lease};
  promise.mapped().deliver(Permit{item.id});
  return true;
}

/// Serves the lanes in turn for as long as there is room.
void pump(Self* self) {
  auto& state = self->state;
  auto now = Context::Clock::now();
  for (auto& [model, lane] : state.lanes)
    clear_out(lane, model, now);
  auto room = static_cast<std::size_t>(state.services->config.llm.in_flight_max);
  auto wake = std::chrono::milliseconds::max();
  bool served = true;
  while (served && state.out.size() < room) {
    served = false;
    auto start = state.lanes.upper_bound(state.turn);
    for (std::size_t i = 0; i < state.lanes.size() && state.out.size() < room; ++i, ++start) {
      if (start == state.lanes.end())
        start = state.lanes.begin();
      if (serve_one(state, start->first, start->second, now, wake)) {
        state.turn = start->first;
        served = true;
      }
    }
  }
  std::size_t waiting = 0;
  for (const auto& [model, lane] : state.lanes)
    waiting += lane.queue.size();
  if (waiting > 0 || !state.out.empty())
    schedule(self, waiting > 0 ? wake : tick_max);
}

caf::result<Permit> admit(Self* self, const Context& c, const Admit& m) {
  auto& state = self->state;
  auto now = Context::Clock::now();
  auto& lane = lane_of(state, m.model);
  clear_out(lane, m.model, now);
  if (lane.breaker.state(now) == BreakerState::open)
    return to_caf(closed_error(m.model, lane.breaker.wait(now)));
  auto id = ++state.last_id;
  auto deadline = std::min(c.deadline, now + std::chrono::hours{1});
  auto pushed = lane.queue.push({id, m.tenant, m.priority, m.tokens, deadline}, now);
  if (!pushed) {
    auto error = std::move(pushed.error());
    error.detail = "too many calls are waiting for the language model";
    return to_caf(error);
  }
  auto promise = self->make_response_promise<Permit>();
  lane.waiting.emplace(id, promise);
  pump(self);
  return promise;
}

CallVerdict verdict_of(AttemptEnd end) {
  switch (end) {
  case AttemptEnd::good:
    return CallVerdict::good;
  case AttemptEnd::failed:
    return CallVerdict::failed;
  case AttemptEnd::quota:
    return CallVerdict::quota;
  case AttemptEnd::missing:
    return CallVerdict::missing;
  default:
    return CallVerdict::neutral;
  }
}

void ended(Self* self, const Ended& m) {
  auto& state = self->state;
  auto found = state.out.find(m.permit);
  if (found == state.out.end())
    return;
  auto call = std::move(found->second);
  state.out.erase(found);
  auto now = Context::Clock::now();
  auto& lane = lane_of(state, call.model);
  auto before = lane.breaker.state(now);
  if (m.end == AttemptEnd::not_sent)
    lane.limiter.give_back(call.tokens, now);
  else
    lane.limiter.settle(call.tokens, m.used_tokens, now);
  lane.limiter.learn(m.limits, now);
  if (m.end == AttemptEnd::slow_down)
    lane.limiter.slow_down(now);
  if (m.retry_after && (m.end == AttemptEnd::limited || m.end == AttemptEnd::slow_down))
    lane.limiter.block(*m.retry_after, now);
  lane.breaker.record(call.pass, verdict_of(m.end), now);
  if (lane.breaker.state(now) != before)
    spdlog::warn("event=model.breaker model={} open={}", call.model,
                 lane.breaker.state(now) == BreakerState::open);
  pump(self);
}

/// Takes back permissions whose holder is gone.
void tick(Self* self) {
  auto& state = self->state;
  state.ticking = false;
  auto now = Context::Clock::now();
  for (auto it = state.out.begin(); it != state.out.end();)
    if (it->second.until <= now) {
      auto& lane = lane_of(state, it->second.model);
      lane.breaker.record(it->second.pass, CallVerdict::neutral, now);
      it = state.out.erase(it);
    } else {
      ++it;
    }
  pump(self);
}

ProviderActor::behavior_type provider_actor(Self* self, Services* services) {
  self->state.services = services;
  return {
    [self](const Context& c, const Admit& m) { return admit(self, c, m); },
    [self](const Ended& m) { ended(self, m); },
    [self](const Tick&) { tick(self); },
  };
}

}  // namespace

ProviderActor start_provider(Services& services, const std::string& path) {
  return services.system.spawn(path, "provider", provider_actor, &services);
}

}  // namespace jobraker::llm
