#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/events.hpp"

namespace jobraker {
struct KafkaConfig;
}

namespace jobraker::net::kafka {

/// How Kafka is reached, and how producers and consumers behave.
struct Settings {
  std::string brokers{};  ///< `host:port`, several with commas
  std::string client_id = "jobraker";
  std::string topic_prefix{};
  std::string group_prefix{};
  std::string compression = "lz4";
  std::string security_protocol = "plaintext";
  std::string ca_file{};
  std::string sasl_mechanism{};
  std::string sasl_username{};
  std::string sasl_password{};
  std::chrono::milliseconds linger{5};  ///< how long a batch is gathered
  /// A request that a broker has not acknowledged for so long is sent anew, over another connection
  /// and in the same order. A producer never gives a record up.
  std::chrono::milliseconds delivery_timeout{30000};
  std::size_t queue_records = 100000;       ///< a producer holds at most so many records
  std::size_t queue_bytes = 256ULL << 20U;  ///< and so many bytes
};

/// What the configuration says; limits that it does not know keep their defaults.
Settings settings_of(const KafkaConfig& config);

/// The Kafka topic of a stream: its name behind the prefix.
std::string topic_name(std::string_view prefix, Topic topic);

/// The stream of a Kafka topic, when it is one of ours (dead letters are not).
std::optional<Topic> topic_of(std::string_view prefix, std::string_view name);

/// Where records go that a consumer of `topic` could not handle.
std::string dead_letter_topic(std::string_view topic);

/// The Kafka topics of all streams.
std::vector<std::string> all_topic_names(std::string_view prefix);

}  // namespace jobraker::net::kafka
