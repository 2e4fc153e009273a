#pragma once

#include <string>

#include "messages/events.hpp"
#include "messages/result.hpp"
#include "net/kafka/record.hpp"

/// CloudEvents 1.0 on Kafka (CloudEvents' Kafka protocol binding 1.0.2). Pure.
namespace jobraker::net::kafka {

/// The record of an event in binary mode: its data as the value, its attributes as headers, its key
/// as key and as the extension `partitionkey`.
Record to_record(const Event& event, std::string topic);

/// The event in a record of stream `topic`, in binary or structured mode. (source, id) identify an
/// event: of our own ones the id is a UUID; for another source it is made from both, always the
/// same. Without `time` the record's time stamp counts, without a key `partitionkey` does.
/// Errors: malformed (no CloudEvent, broken JSON, bytes that are not UTF-8), invalid (an attribute
/// that is missing or breaks a rule; the detail names it), unsupported_media (data not in JSON).
Result<Event> from_record(const Received& record, Topic topic);

/// Why and when an event was given up.
struct GivenUp {
  std::string group{};   ///< the consumer
  std::string reason{};  ///< in words, without personal data; the first 500 bytes are kept
  std::int64_t attempts = 1;
  Time at{};
};

/// The record for the dead letters of `topic`: that of the event, and what has happened to it in
/// headers `dlq_…`.
Record to_dead_letter(const Event& event, std::string topic, const GivenUp& given_up);

}  // namespace jobraker::net::kafka
