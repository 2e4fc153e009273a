#include "actors/events/outbox_actor.hpp"

#include <deque>
#include <set>

#include <spdlog/spdlog.h>

#include "actors/events/core/outbox_cursor.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "messages/event_schemas.hpp"

#include "storage/databases.hpp"

namespace jobraker::events {
namespace {

constexpr std::chrono::milliseconds lease{10'000};
constexpr std::chrono::milliseconds renew_every{3'000};
constexpr std::chrono::milliseconds full_wait{5};
constexpr std::size_t removed_at_once = 2000;

struct State {
  static inline const char* name = "outbox";
  Services* services = nullptr;
  MakePublisher make;
  std::unique_ptr<Publisher> publisher;
  const Uuid node = new_uuid();
  Context::Clock::time_point leads_until{};
  Context::Clock::time_point asked_at{};
  Context::Clock::time_point rest_until{};  ///< after a failure
  OutboxCursor cursor;
  std::deque<storage::OutboxRow> offered;  ///< read, and not yet taken by the publisher
  std::set<std::int64_t> told;             ///< waiting to be removed
  std::uint64_t publishers = 0;
  bool asking = false, reading = false, removing = false, look_again = false, stalled = false;
  bool waits = false;  ///< for a publisher
  bool finishing = false;
  std::vector<caf::typed_response_promise<Ok>> finished;
};

using Self = Shell<State, OutboxActor>;

void go_on(Self* self);

bool leads(const State& state) { return Context::Clock::now() < state.leads_until; }

/// Asks for the lead, or keeps it. Until the lease of another node ends there is nothing to do.
void ask_for_lead(Self* self) {
  auto& state = self->state;
  auto began = Context::Clock::now();
  if (state.asking || state.finishing || began - state.asked_at < renew_every)
    return;
  state.asking = true;
  state.asked_at = began;
  self->await<bool>(
    state.services->io,
    [&s = *state.services, node = state.node, began]() -> task<Result<bool>> {
      storage::Until session{s.databases.here(), began + renew_every};
      co_return co_await storage::lead_outbox(session, node, lease);
    },
    [self, began](Result<bool> leading) {
      auto& after = self->state;
      after.asking = false;
      auto& figures = after.services->events->outbox;
      // Counted from before the question, so that the lease has not ended when we believe in it.
      if (leading && *leading)
        after.leads_until = began + lease;
      if (figures.leading.exchange(leads(after)) != leads(after))
        spdlog::info("event=outbox.lead leading={}", leads(after));
      go_on(self);
    });
}

/// All that was handed over and not reported is to be told again by a new publisher.
void replace_publisher(Self* self) {
  auto& state = self->state;
  if (state.publisher) {
    spdlog::warn("event=outbox.publisher_lost");
    state.publisher.reset();
    ++state.publishers;
    state.offered.clear();
    state.cursor.forget_all_but(state.told);
  }
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
    if (state.services->config.events.validate)
      if (auto valid = validate_event(row.event); !valid)
        spdlog::error("event=events.invalid id={} type={} why=\"{}\"", to_string(row.event.id),
                      row.event.type, valid.error().detail);
    if (!state.publisher->offer(row)) {
      if (!std::exchange(state.stalled, true))
        self->delayed_send(self, full_wait, Look{});
      return;
    }
    state.offered.pop_front();
  }
}

void take_rows(State& state, const OutboxRead& read, storage::OutboxPage page) {
  OutboxFound found{{}, page.xmin, page.xmax};
  for (const auto& row : page.rows)
    found.seqs.push_back(row.seq);
  auto fresh = state.cursor.found(read, found);
  std::set<std::int64_t> wanted{fresh.begin(), fresh.end()};
  for (auto& row : page.rows)
    if (wanted.contains(row.seq))
      state.offered.push_back(std::move(row));
  // A full read, or one that brought something: there may be more.
  if (!fresh.empty())
    state.look_again = true;
}

void read(Self* self) {
  auto& state = self->state;
  const auto& config = state.services->config.events;
  if (state.reading || state.offered.size() >= static_cast<std::size_t>(config.batch) ||
      state.cursor.in_hand() >= static_cast<std::size_t>(config.in_flight_max))
    return;
  state.reading = true;
  state.look_again = false;
  auto next = state.cursor.next();
  self->await<storage::OutboxPage>(
    state.services->io,
    [&s = *state.services, next, limit = config.batch]() -> task<Result<storage::OutboxPage>> {
      storage::Until session{s.databases.here(), Context::Clock::now() + lease / 2};
      co_return co_await storage::read_outbox(session, next.after, next.gaps, limit);
    },
    [self, next](Result<storage::OutboxPage> page) {
      auto& after = self->state;
      after.reading = false;
      if (page)
        take_rows(after, next, std::move(*page));
      else
        spdlog::warn("event=outbox.not_read why=\"{}\"", page.error().detail);
      go_on(self);
    });
}

void remove(Self* self) {
  auto& state = self->state;
  if (state.removing || state.told.empty())
    return;
  state.removing = true;
  auto end = state.told.begin();
  std::advance(end, std::min(state.told.size(), removed_at_once));
  auto seqs = std::make_shared<const std::vector<std::int64_t>>(state.told.begin(), end);
  self->await<Ok>(
    state.services->io,
    [&s = *state.services, seqs]() -> task<Result<Ok>> {
      auto done = co_await storage::remove_from_outbox(s.databases.here(), *seqs);
      if (done)
        co_return Ok{};
      co_await pause(std::chrono::milliseconds{500});
      co_return fail(std::move(done.error()));
    },
    [self, seqs](Result<Ok> done) {
      auto& after = self->state;
      after.removing = false;
      if (done) {
        for (auto seq : *seqs)
          after.told.erase(seq);
        after.cursor.removed(*seqs);
      } else {
        spdlog::warn("event=outbox.not_removed rows={} why=\"{}\"", seqs->size(),
                     done.error().detail);
      }
      go_on(self);
    });
}

void answer_finish(State& state) {
  if (!state.finishing || state.removing || !state.told.empty())
    return;
  for (auto& promise : std::exchange(state.finished, {}))
    promise.deliver(Ok{});
}

/// Whatever can be done next.
void go_on(Self* self) {
  auto& state = self->state;
  remove(self);
  if (state.finishing)
    return answer_finish(state);
  ask_for_lead(self);
  if (!leads(state) || Context::Clock::now() < state.rest_until)
    return;
  if (!state.publisher || state.publisher->lost())
    replace_publisher(self);
  if (!state.publisher)
    return;
  offer(self);
  if (state.look_again)
    read(self);
  state.services->events->outbox.in_flight.store(static_cast<std::int64_t>(state.cursor.in_hand()));
}

void look(Self* self) {
  self->state.stalled = false;
  self->state.look_again = true;
  go_on(self);
}

/// What will never be accepted is set aside; a dead letter that is not accepted either is only kept
/// in its table.
void set_aside(Self* self, const Delivered& outcome) {
  auto& state = self->state;
  if (outcome.refused.empty())
    return;
  auto rows = std::make_shared<const std::vector<storage::OutboxRow>>(outcome.refused);
  self->await<Ok>(
    state.services->io,
    [&s = *state.services, rows, why = outcome.why]() -> task<Result<Ok>> {
      for (const auto& row : *rows) {
        if (row.dead)
          continue;
        storage::DeadLetter letter{new_uuid(), "outbox", row.event, why, 1, now(), {}};
        if (auto done = co_await storage::add_dead_letter(s.databases.here(), letter); !done)
          co_return fail(std::move(done.error()));
      }
      co_return Ok{};
    },
    [self, rows](Result<Ok> done) {
      for (const auto& row : *rows) {
        spdlog::error("event=outbox.refused id={} type={} set_aside={}", to_string(row.event.id),
                      row.event.type, done.has_value());
        if (done)
          self->state.told.insert(row.seq);
      }
      if (!done)  // they are still in the outbox and come again
        self->state.cursor.forget_all_but(self->state.told);
      go_on(self);
    });
}

/// Some were not told: all that is open is read again, in order, after a moment.
void tell_again(Self* self, const Delivered& outcome) {
  auto& state = self->state;
  if (!outcome.again)
    return;
  spdlog::warn("event=outbox.again why=\"{}\"", outcome.why);
  state.offered.clear();
  state.cursor.forget_all_but(state.told);
  state.publisher.reset();
  ++state.publishers;
  state.rest_until = Context::Clock::now() + std::chrono::seconds{1};
  self->delayed_send(self, std::chrono::milliseconds{1010}, Look{});
}

void delivered(Self* self, const Delivered& outcome) {
  auto& state = self->state;
  state.told.insert(outcome.told.begin(), outcome.told.end());
  state.services->events->outbox.told.fetch_add(static_cast<std::int64_t>(outcome.told.size()));
  if (outcome.publisher == state.publishers) {
    set_aside(self, outcome);
    tell_again(self, outcome);
  }
  go_on(self);
}

/// The lead is given up, so that another node need not wait for the end of the lease.
caf::result<Ok> finish(Self* self) {
  auto& state = self->state;
  auto promise = self->make_response_promise<Ok>();
  state.finishing = true;
  state.offered.clear();
  self->await<Ok>(
    state.services->io,
    [&s = *state.services, node = state.node]() -> task<Result<Ok>> {
      storage::Until session{s.databases.here(), Context::Clock::now() + std::chrono::seconds{2}};
      (void)co_await storage::leave_outbox(session, node);
      co_return Ok{};
    },
    [self, promise](Result<Ok>) {
      self->state.finished.push_back(promise);
      go_on(self);
    });
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
