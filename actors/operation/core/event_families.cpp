#include "actors/operation/core/event_families.hpp"

#include <algorithm>

#include "messages/events.hpp"

namespace jobraker::operation {
namespace {

void add_consumers(Families& families, const std::vector<ConsumerReading>& consumers) {
  const auto each = [&](Family family, std::int64_t ConsumerReading::*figure) {
    for (const auto& consumer : consumers)
      family.add(consumer.*figure, {{"consumer", consumer.name}});
  };
  each(Family::counter(families, "jobraker_consumer_handled_events_total",
                       "Events whose effect was committed."),
       &ConsumerReading::handled);
  each(Family::counter(families, "jobraker_consumer_repeated_events_total",
                       "Events that had been handled before."),
       &ConsumerReading::repeated);
  each(Family::counter(families, "jobraker_consumer_failed_attempts_total",
                       "Attempts to handle an event that failed."),
       &ConsumerReading::failed_attempts);
  each(Family::counter(families, "jobraker_consumer_dead_letters_total",
                       "Events that were set aside."),
       &ConsumerReading::dead);
  each(Family::gauge(families, "jobraker_consumer_waiting_events",
                     "Events handed to the consumer and not finished."),
       &ConsumerReading::waiting);
  auto lag = Family::gauge(families, "jobraker_consumer_lag_events",
                           "Events in Kafka behind which the consumer is, over this node's "
                           "partitions.");
  for (const auto& consumer : consumers)
    for (const auto& share : consumer.lag)
      lag.add(share.count, {{"consumer", consumer.name}, {"topic", share.of}});
}

}  // namespace

void add_families(Families& families, const EventReading& events) {
  Family::gauge(families, "jobraker_outbox_leading",
                "Whether this node tells what is in the outbox; one node does.")
    .add(events.leading);
  Family::counter(families, "jobraker_outbox_published_events_total", "Events this node has told.")
    .add(events.told);
  Family::gauge(families, "jobraker_outbox_in_flight_events",
                "Events given to Kafka, or to consumers, and not reported yet.")
    .add(events.in_flight);
  add_consumers(families, events.consumers);
  auto complaints = Family::counter(families, "jobraker_kafka_complaints_total",
                                    "Warnings and errors of Kafka's client library.");
  if (events.kafka_complaints)
    complaints.add(*events.kafka_complaints);
}

void add_families(Families& families, const OutboxReading& outbox) {
  Family::gauge(families, "jobraker_outbox_unpublished_events",
                "Events in the outbox; of all nodes.")
    .add(outbox.unpublished);
  Family::gauge(families, "jobraker_outbox_oldest_unpublished_age_seconds",
                "Since the oldest event in the outbox was written; 0 when there is none.")
    .add(outbox.oldest_seconds);
}

void add_dead_letters(Families& families, const std::vector<Share>& letters) {
  auto family =
    Family::gauge(families, "jobraker_dead_letters", "Events set aside and not replayed yet.");
  for (auto topic : enum_names<Topic>) {
    const auto found = std::find_if(letters.begin(), letters.end(),
                                    [&](const Share& share) { return share.of == topic; });
    family.add(found == letters.end() ? std::int64_t{0} : found->count, {{"topic", topic}});
  }
}

}  // namespace jobraker::operation
