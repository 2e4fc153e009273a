#include "actors/events/outbox_actor.hpp"

#include <random>

#include <spdlog/spdlog.h>

#include "actors/events/core/failure.hpp"
#include "actors/events/outbox_parts.hpp"
#include "actors/events/outbox_work.hpp"

namespace jobraker::events {

using namespace outbox;

namespace {

constexpr std::chrono::milliseconds full_wait{5};
/// So long an ending node waits for what its publisher has not reported.
constexpr std::chrono::milliseconds last_wait{1000};

bool leads(const State& state) { return Context::Clock::now() < state.leads_until; }

double chance() {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<>{0, 1}(random);
}

/// Asks for the lead, or keeps it. Until the lease of another node ends there is nothing to do.
void ask_for_lead(Self* self) {
  auto& state = self->state;
  auto began = Context::Clock::now();
  if (state.asking || began - state.asked_at < renew_every)
    return;
  state.asking = true;
  state.asked_at = began;
  self->await<bool>(
    state.services->io, [&s = *state.services, began] { return take_lead(s, began + renew_every); },
    [self, began](Result<bool> leading) {
      auto& after = self->state;
      after.asking = false;
      // Counted from before the question, so that the lease has not ended when we believe in it.
      if (leading)
        after.leads_until = *leading ? began + lease : Context::Clock::time_point{};
      go_on(self);
    });
}

void make_publisher(Self* self) {
  auto& state = self->state;
  auto made = state.make(
    [me = caf::actor_cast<caf::weak_actor_ptr>(self), which = state.publishers](Delivered outcome) {
      outcome.publisher = which;
      if (auto alive = caf::actor_cast<OutboxActor>(me.lock()))
        caf::anon_send(alive, std::move(outcome));
    });
  if (made)
    state.publisher = std::move(*made);
  else if (!state.waits)
    spdlog::warn("event=outbox.no_publisher why=\"{}\"", made.error().detail);
  state.waits = !made;
}

/// Hands over what was read, as far as there is room.
void offer(Self* self) {
  auto& state = self->state;
  while (!state.offered.empty()) {
    const auto& row = state.offered.front();
    if (!state.pace.allows(row.seq, state.out))
      return;
    if (!state.publisher->offer(row)) {
      if (!std::exchange(state.stalled, true))
        self->delayed_send(self, full_wait, Look{});
      return;
    }
    ++state.out;
    state.pace.given(row.seq);
    state.offered_bytes -= row.event.data.size();
    state.offered.pop_front();
  }
}

/// The publisher goes, and what it has not reported is told by the next node.
void drop_publisher(State& state) {
  state.publisher.reset();
  ++state.publishers;
  state.out = 0;
}

void answer_finish(State& state) {
  for (auto& promise : std::exchange(state.finished, {}))
    promise.deliver(Ok{});
}

/// The end in its order: what is out is reported, what was told is removed, and the lead is given
/// up last, so that the next node finds only what nobody has told. A question for the lead that is
/// under way would take it back.
void wind_up(Self* self) {
  auto& state = self->state;
  if (state.out > 0 && leads(state) && Context::Clock::now() < state.wait_until)
    return;
  if (state.publisher)
    drop_publisher(state);
  if (state.left)
    return answer_finish(state);
  if (state.removing || !state.told.empty() || state.asking || std::exchange(state.leaving, true))
    return;
  self->await<Ok>(
    state.services->io, [&s = *state.services] { return leave_lead(s); },
    [self](Result<Ok>) {
      self->state.left = true;
      answer_finish(self->state);
    });
}

/// Whether this node may tell. Whoever leads now tells what is in hand here, too.
bool may_tell(Self* self) {
  auto& state = self->state;
  bool leading = leads(state);
  if (std::exchange(state.led, leading) == leading)
    return leading;
  spdlog::info("event=outbox.lead leading={}", leading);
  state.services->events->outbox.leading = leading;
  if (!leading)
    start_over(self, "the lead is lost");
  return leading;
}

}  // namespace

void outbox::start_over(Self* self, std::string_view why) {
  auto& state = self->state;
  auto rest = wait_before(++state.failures, chance());
  spdlog::warn("event=outbox.start_over in_a_row={} rest_ms={} why=\"{}\"", state.failures,
               rest.count(), why);
  drop_publisher(state);
  state.offered.clear();
  state.offered_bytes = 0;
  state.cursor.forget_all_but(state.told);
  state.rest_until = Context::Clock::now() + rest;
  self->delayed_send(self, rest + std::chrono::milliseconds{10}, Look{});
}

void outbox::go_on(Self* self) {
  auto& state = self->state;
  remove(self);
  if (state.finishing)
    return wind_up(self);
  ask_for_lead(self);
  if (!may_tell(self) || Context::Clock::now() < state.rest_until)
    return;
  if (state.publisher && state.publisher->lost())
    return start_over(self, "the publisher is lost");
  if (!state.publisher)
    make_publisher(self);
  if (!state.publisher)
    return;
  state.publisher->tend();
  offer(self);
  if (state.look_again)
    read(self);
  state.services->events->outbox.in_flight.store(static_cast<std::int64_t>(state.cursor.in_hand()));
}

namespace {

void look(Self* self) {
  self->state.stalled = false;
  self->state.look_again = true;
  go_on(self);
}

void delivered(Self* self, const Delivered& outcome) {
  auto& state = self->state;
  const auto& said = outcome.said;
  if (outcome.publisher != state.publishers)
    return;
  state.told.insert(said.told.begin(), said.told.end());
  state.services->events->outbox.told.fetch_add(static_cast<std::int64_t>(said.told.size()));
  state.out -= std::min(state.out, said.told.size() + said.refused.size());
  if (!said.told.empty())
    state.failures = 0;
  if (!said.refused.empty())
    set_aside(self, said);
  state.pace.suspect(said.suspect);
  if (said.again)
    start_over(self, said.why);
  go_on(self);
}

/// Nothing more is given out. At the end the lead is given up, so that another node need not wait
/// for the end of the lease.
caf::result<Ok> finish(Self* self) {
  auto& state = self->state;
  auto promise = self->make_response_promise<Ok>();
  state.finished.push_back(promise);
  if (!std::exchange(state.finishing, true)) {
    state.offered.clear();
    state.offered_bytes = 0;
    state.wait_until = Context::Clock::now() + last_wait;
    self->delayed_send(self, last_wait + std::chrono::milliseconds{10}, Look{});
  }
  go_on(self);
  return promise;
}

OutboxActor::behavior_type outbox_actor(Self* self, Services* services, MakePublisher make) {
  self->state.services = services;
  self->state.make = std::move(make);
  self->send(self, Tick{});
  return {
    [self](const Look&) { look(self); },
    [self](const Tick&) {
      self->delayed_send(
        self, std::chrono::milliseconds{self->state.services->config.events.poll_ms}, Tick{});
      look(self);
    },
    [self](const Delivered& outcome) { delivered(self, outcome); },
    [self](const Context&, const Finish&) { return finish(self); },
  };
}

}  // namespace

OutboxActor start_outbox(Services& services, MakePublisher make, const std::string& path) {
  return services.system.spawn(path, "outbox", outbox_actor, &services, std::move(make));
}

}  // namespace jobraker::events
