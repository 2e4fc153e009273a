#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "messages/actor.hpp"
#include "messages/events.hpp"
#include "messages/fields.hpp"
#include "messages/handles.hpp"

/// What an operator asks of the events: how much waits, who hears them, what was set aside.
namespace jobraker {

using DeadLetterId = Id<struct DeadLetterTag>;
using EventId = Id<struct EventTag>;

/// The query of `GET /admin/events`.
struct GetEvents {
  static constexpr auto type_name = "GetEvents";
  std::optional<std::string> consumer{};  ///< dead letters of this one only
  std::optional<Time> before{};           ///< dead letters that failed earlier
  std::int64_t limit = 20;
  static constexpr auto fields() {
    return std::tuple{field("consumer", &GetEvents::consumer, {.max_length = 100}),
                      field("before", &GetEvents::before),
                      optional_field("limit", &GetEvents::limit, {.min = 1, .max = 200})};
  }
};

/// How the outbox of this node stands.
struct OutboxView {
  static constexpr auto type_name = "OutboxView";
  std::int64_t waiting = 0;
  double oldest_seconds = 0;  ///< since the oldest was written; 0 when nothing waits
  bool leading = false;       ///< this node tells them
  std::int64_t in_flight = 0;
  std::int64_t told = 0;  ///< by this node since its start
  std::string target{};   ///< `kafka` or `process`
  static constexpr auto fields() {
    return std::tuple{
      field("waiting", &OutboxView::waiting), field("oldest_seconds", &OutboxView::oldest_seconds),
      field("leading", &OutboxView::leading), field("in_flight", &OutboxView::in_flight),
      field("told", &OutboxView::told),       field("target", &OutboxView::target)};
  }
};

/// One consumer on this node since its start.
struct ConsumerView {
  static constexpr auto type_name = "ConsumerView";
  std::string name{};
  std::vector<std::string> topics{};
  std::int64_t handled = 0;
  std::int64_t repeated = 0;  ///< had been handled before
  std::int64_t failures = 0;  ///< attempts that failed
  std::int64_t dead = 0;
  std::int64_t waiting = 0;
  std::optional<std::int64_t> lag{};  ///< in Kafka, behind the ends of its partitions
  static constexpr auto fields() {
    return std::tuple{
      field("name", &ConsumerView::name),         field("topics", &ConsumerView::topics),
      field("handled", &ConsumerView::handled),   field("repeated", &ConsumerView::repeated),
      field("failures", &ConsumerView::failures), field("dead", &ConsumerView::dead),
      field("waiting", &ConsumerView::waiting),   field("lag", &ConsumerView::lag)};
  }
};

/// An event that was set aside.
struct DeadLetterView {
  static constexpr auto type_name = "DeadLetterView";
  DeadLetterId id{};
  std::string consumer{};
  EventId event_id{};
  Topic topic = Topic::job_posted;
  std::string type{};
  std::string key{};
  Time time{};
  std::string data{};  ///< JSON text
  std::string traceparent{};
  std::string reason{};
  std::int64_t attempts = 0;
  Time failed_at{};
  std::optional<Time> replayed_at{};
  static constexpr auto fields() {
    return std::tuple{field("id", &DeadLetterView::id),
                      field("consumer", &DeadLetterView::consumer),
                      field("event_id", &DeadLetterView::event_id),
                      field("topic", &DeadLetterView::topic),
                      field("type", &DeadLetterView::type),
                      field("key", &DeadLetterView::key),
                      field("time", &DeadLetterView::time),
                      field("data", &DeadLetterView::data),
                      field("traceparent", &DeadLetterView::traceparent),
                      field("reason", &DeadLetterView::reason),
                      field("attempts", &DeadLetterView::attempts),
                      field("failed_at", &DeadLetterView::failed_at),
                      field("replayed_at", &DeadLetterView::replayed_at)};
  }
};

/// The answer of `GET /admin/events`.
struct EventsView {
  static constexpr auto type_name = "EventsView";
  OutboxView outbox{};
  std::vector<ConsumerView> consumers{};
  std::vector<DeadLetterView> dead_letters{};  ///< the latest first
  std::optional<Time> next{};                  ///< `before` of the next page
  static constexpr auto fields() {
    return std::tuple{
      field("outbox", &EventsView::outbox), field("consumers", &EventsView::consumers),
      field("dead_letters", &EventsView::dead_letters), field("next", &EventsView::next)};
  }
};

/// `POST /admin/events/dlq/{id}/replay`: the event goes into the outbox again.
struct ReplayDeadLetter {
  static constexpr auto type_name = "ReplayDeadLetter";
  DeadLetterId id{};
  static constexpr auto fields() { return std::tuple{field("id", &ReplayDeadLetter::id)}; }
};

/// `/system/events`: for operators only (forbidden otherwise).
using EventsDeskActor =
  caf::typed_actor<caf::replies_to<Context, GetEvents>::with<EventsView>,
                   // not_found; conflict when it was replayed already.
                   caf::replies_to<Context, ReplayDeadLetter>::with<DeadLetterView>>;

}  // namespace jobraker
