#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/result.hpp"
#include "net/kafka/record.hpp"
#include "net/kafka/settings.hpp"

namespace jobraker::net::kafka {

/// What a consumer reads, and as part of which group.
struct Group {
  std::string name{};                 ///< complete, with the prefix
  std::vector<std::string> topics{};  ///< complete names; they should exist
  std::size_t handed_max = 1000;      ///< records handed over and not finished
  /// Records of one partition remembered behind its first unfinished one, and so handed over again
  /// when the process dies.
  std::size_t window_max = 10000;
  std::chrono::milliseconds session_timeout{15000};  ///< after which a silent member is given up
  std::chrono::milliseconds lag_every{5000};         ///< how often the lag is measured; 0: never
};

/// Whom a consumer tells; called on its thread. They must not block, nor close the consumer.
struct ConsumerCalls {
  std::function<void(Received)> on_record{};
  /// These partitions were taken away: records of them that are not finished will be handed over
  /// again, here or to another member. May be empty.
  std::function<void(const std::vector<TopicPartition>&)> on_revoked{};
};

/// How far a group is behind in one partition.
struct PartitionLag {
  TopicPartition of{};
  /// Of the first record that is not finished, or of the first that Kafka still has: records that
  /// retention has deleted are not waited for.
  std::int64_t position = 0;
  std::int64_t end = 0;  ///< of the next record to be written
  std::int64_t records() const noexcept { return end > position ? end - position : 0; }
};

/// A member of a consumer group, with a thread that polls (cooperative-sticky, from the earliest
/// record when the group is new). Records are handed over in the order of their partition. Those
/// before which all are finished are committed, once a second, when partitions go, and by close();
/// the others are handed over again after a crash or to another member: at least once. While too
/// many are unfinished nothing is handed over, and the membership goes on, however long that takes.
class Consumer {
public:
  /// Joins in the background. Errc::invalid for settings that librdkafka does not accept.
  static Result<std::unique_ptr<Consumer>> open(const Settings& settings, Group group,
                                                ConsumerCalls calls);
  /// close(), with five seconds.
  ~Consumer();

  /// The record is finished, in any order, once for each record. Safe from any thread, also inside
  /// on_record; ignored for partitions that were taken away meanwhile.
  void done(const TopicPartition& from, std::int64_t offset);

  /// Records handed over and not finished.
  std::size_t unfinished() const;

  /// The lag of the partitions that are ours, as last measured. Safe from any thread.
  std::vector<PartitionLag> lag() const;

  /// The error after which this consumer hears nothing any more: close it, open another.
  std::optional<Error> fatal() const;

  /// Hands over nothing more, commits what is finished and leaves the group. Blocks for at most
  /// `limit` and some seconds. What should be committed must be done() before.
  void close(std::chrono::milliseconds limit);

private:
  struct Core;
  explicit Consumer(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace jobraker::net::kafka
