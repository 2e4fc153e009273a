#include "net/kafka/outcomes.hpp"

#include <librdkafka/rdkafka.h>

#include "net/kafka/handle.hpp"

namespace jobraker::net::kafka {
namespace {

// What is wrong with a record, or with one of those that were sent with it.
bool is_refusal(int code) {
  switch (code) {
  case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
  case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
  case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
  case RD_KAFKA_RESP_ERR_INVALID_RECORD:
  case RD_KAFKA_RESP_ERR__BAD_MSG:
  case RD_KAFKA_RESP_ERR__INVALID_ARG:
  case RD_KAFKA_RESP_ERR__CONFLICT:
    return true;
  default:
    return false;
  }
}

// What somebody has to change in Kafka, or at this node: its clock, when Kafka takes no time that
// is far from its own. It hits every record of the topic.
bool is_barred(int code) {
  switch (code) {
  case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
  case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
  case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
  case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
  case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
  case RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE:
  case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
  case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    return true;
  default:
    return false;
  }
}

}  // namespace

Outcome outcome_of(int code, bool never_sent) {
  if (is_refusal(code))
    return Outcome::refused;
  if (is_barred(code))
    return Outcome::barred;
  return never_sent ? Outcome::not_persisted : Outcome::possibly_persisted;
}

Error produce_error(int code, const std::string& topic) {
  switch (code) {
  case RD_KAFKA_RESP_ERR__QUEUE_FULL:
    return {Errc::unavailable, "the queue of the Kafka producer is full"};
  case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    return {Errc::too_large, "the record is too large for Kafka"};
  default:
    return {is_refusal(code) ? Errc::invalid : Errc::upstream_failed,
            "topic " + topic + ": " + describe(code)};
  }
}

}  // namespace jobraker::net::kafka
