#include "actors/events/kafka_records.hpp"

#include "actors/events/core/storable.hpp"
#include "net/kafka/cloud_events.hpp"
#include "net/kafka/settings.hpp"

namespace jobraker::events {

HandleRecord to_handle(std::string_view topic_prefix, net::kafka::Received received) {
  auto topic = net::kafka::topic_of(topic_prefix, received.from.topic);
  HandleRecord record;
  record.topic = received.from.topic;
  record.partition = received.from.partition;
  record.offset = received.offset;
  record.epoch = received.epoch;
  auto event = topic ? net::kafka::from_record(received, *topic)
                     : Result<Event>{fail(Errc::malformed, "a topic of nobody's")};
  if (event) {
    record.event = std::move(*event);
    return record;
  }
  record.unreadable = event.error().detail;
  record.event.id = uuid_of(received.from.topic + "/" + std::to_string(received.from.partition) +
                            "/" + std::to_string(received.offset));
  record.event.topic = topic.value_or(Topic::job_posted);
  record.event.key = storable(std::move(received.key));
  record.event.time = received.timestamp;
  record.event.data = storable(std::move(received.value));
  return record;
}

}  // namespace jobraker::events
