#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace jobraker::net::kafka {

/// A header of a record. Kafka allows several of one name.
struct Header {
  std::string name{};
  std::string value{};
  bool operator==(const Header&) const = default;
};

/// A record to be written. Without a key Kafka chooses any partition; records of one key go to one
/// partition, the same that Java clients choose (murmur2), and stay in order there.
struct Record {
  std::string topic{};
  std::string key{};
  std::string value{};
  std::vector<Header> headers{};
  bool operator==(const Record&) const = default;
};

/// One partition of a topic.
struct TopicPartition {
  std::string topic{};
  std::int32_t partition = 0;
  auto operator<=>(const TopicPartition&) const = default;
};

/// A record as it was read. A missing key, value or header value is an empty one.
struct Received {
  TopicPartition from{};
  std::int64_t offset = 0;
  /// Rises with every assignment of a partition to this consumer: of two records of one partition
  /// with different epochs the partition was taken away in between.
  std::uint64_t epoch = 0;
  Time
    timestamp{};  ///< the producer's or the broker's, as the topic is configured; 1970 if unknown
  std::string key{};
  std::string value{};
  std::vector<Header> headers{};
};

}  // namespace jobraker::net::kafka
