#include "actors/events/events_desk.hpp"

#include <spdlog/spdlog.h>

#include "actors/system/admin_only.hpp"
#include "actors/system/observed.hpp"
#include "storage/audit.hpp"
#include "storage/databases.hpp"
#include "storage/outbox.hpp"

namespace jobraker::events {
namespace {

struct State {
  static inline const char* name = "events-desk";
  Services* services = nullptr;
};

using Self = Shell<State, EventsDeskActor>;

DeadLetterView view_of(storage::DeadLetter letter) {
  auto& e = letter.event;
  return {DeadLetterId{letter.id},  std::move(letter.group),  EventId{e.id},   e.topic,
          std::move(e.type),        std::move(e.key),         e.time,          std::move(e.data),
          std::move(e.traceparent), std::move(letter.reason), letter.attempts, letter.failed_at,
          letter.replayed_at};
}

std::vector<ConsumerView> consumers_of(const EventServices& events) {
  std::vector<ConsumerView> views;
  for (const auto& listener : events.listeners) {
    auto& view = views.emplace_back();
    view.name = listener->consumer.group;
    for (auto topic : listener->consumer.topics)
      view.topics.emplace_back(name_of(topic));
    const auto& figures = *listener->figures;
    view.handled = figures.handled;
    view.repeated = figures.repeated;
    view.failures = figures.failures;
    view.dead = figures.dead;
    view.waiting = figures.waiting;
    if (listener->lag)
      for (const auto& of : listener->lag())
        view.lag = view.lag.value_or(0) + of.events;
  }
  return views;
}

task<Result<EventsView>> overview(Services& services, Context context, GetEvents query) {
  if (auto may = admin_only(context); !may)
    co_return fail(std::move(may.error()));
  storage::Until session{services.databases.here(), context.deadline};
  auto state = co_await storage::outbox_state(session);
  if (!state)
    co_return fail(std::move(state.error()));
  auto letters =
    co_await storage::list_dead_letters(session, query.consumer, query.before, query.limit);
  if (!letters)
    co_return fail(std::move(letters.error()));
  const auto& events = *services.events;
  EventsView view;
  view.outbox.waiting = state->waiting;
  if (state->oldest)
    view.outbox.oldest_seconds =
      std::max(0.0, std::chrono::duration<double>(now() - *state->oldest).count());
  view.outbox.leading = events.outbox.leading;
  view.outbox.in_flight = events.outbox.in_flight;
  view.outbox.told = events.outbox.told;
  view.outbox.target = events.kafka ? "kafka" : "process";
  view.consumers = consumers_of(events);
  if (letters->size() == static_cast<std::size_t>(query.limit))
    view.next = letters->back().failed_at;
  for (auto& letter : *letters)
    view.dead_letters.push_back(view_of(std::move(letter)));
  co_return view;
}

task<Result<DeadLetterView>> replay(Services& services, Context context, ReplayDeadLetter wish) {
  if (auto may = admin_only(context); !may)
    co_return fail(std::move(may.error()));
  storage::Until session{services.databases.here(), context.deadline};
  auto letter = co_await session.transaction(
    [&](storage::Transaction& transaction) -> task<Result<storage::DeadLetter>> {
      auto replayed = co_await storage::replay_dead_letter(transaction, wish.id.uuid, now());
      if (!replayed)
        co_return fail(std::move(replayed.error()));
      auto entry = storage::audit_entry(context.principal, "event.replay",
                                        "dead-letters/" + to_string(wish.id),
                                        replayed->group + ", " + replayed->event.type);
      if (auto written = co_await storage::write_audit(transaction, std::move(entry)); !written)
        co_return fail(std::move(written.error()));
      co_return replayed;
    });
  if (!letter)
    co_return fail(std::move(letter.error()));
  spdlog::info("event=dead_letter.replayed id={} consumer={} by={}", to_string(wish.id),
               letter->group, to_string(context.principal.user));
  co_return view_of(std::move(*letter));
}

EventsDeskActor::behavior_type events_desk(Self* self, Services* services) {
  self->state.services = services;
  return {
    [self](const Context& c, const GetEvents& m) {
      return self->answer<EventsView>(
        self->state.services->io, [&s = *self->state.services, c, m] { return overview(s, c, m); });
    },
    [self](const Context& c, const ReplayDeadLetter& m) {
      return self->answer<DeadLetterView>(
        self->state.services->io, [&s = *self->state.services, c, m] { return replay(s, c, m); });
    },
  };
}

}  // namespace

EventsDeskActor start_events_desk(Services& services, const std::string& path) {
  return services.system.spawn(path, "events-desk", events_desk, &services);
}

}  // namespace jobraker::events
