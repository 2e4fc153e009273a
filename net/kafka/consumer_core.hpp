#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "net/kafka/assignment.hpp"
#include "net/kafka/consumer.hpp"

struct rd_kafka_s;
struct rd_kafka_queue_s;
struct rd_kafka_message_s;
struct rd_kafka_topic_partition_list_s;

namespace jobraker::net::kafka {

/// The inside of a consumer: one thread of ours that alone talks with librdkafka, and what other
/// threads may touch, behind a mutex.
struct Consumer::Core : std::enable_shared_from_this<Consumer::Core> {
  using Clock = std::chrono::steady_clock;
  using List = rd_kafka_topic_partition_list_s;

  Core(Group g, ConsumerCalls c)
      : group(std::move(g)), calls(std::move(c)), assignment(group.handed_max, group.window_max) {}

  const Group group;
  const ConsumerCalls calls;
  rd_kafka_s* handle = nullptr;
  std::thread thread;
  std::atomic<bool> stopping{false};
  std::atomic<std::int64_t> close_limit{5000};  // ms

  // Behind `mutex`:
  mutable std::mutex mutex;
  Assignment assignment;
  std::condition_variable freed;     // there is room, or an end
  rd_kafka_queue_s* wake = nullptr;  // to interrupt the poll
  std::vector<PartitionLag> lags;
  std::string fatal;

  // Of the thread alone:
  bool was_assigned = false;
  Clock::time_point stored_at{};
  Clock::time_point measured_at{};

  /// The thread: polls until told to stop, then leaves the group.
  void run();
  /// Waits a little while too much is unfinished; if that was not enough, partitions will pause.
  void wait_for_room();
  /// One poll and what follows from it; false when there was no record.
  bool step(std::chrono::milliseconds wait, bool hand_over);
  void hand(const rd_kafka_message_s& message);
  void trouble(const rd_kafka_message_s& message);
  /// Tells librdkafka what may be committed. It commits once a second, on revocation, on close.
  void store();
  /// Pauses and resumes as the assignment says.
  void turn();
  void measure();

  void on_rebalance(int code, List* partitions);
  void assign(List* partitions);
  void revoke(List* partitions);

  void leave();
  bool wait_for_assignment(Clock::time_point until);
  bool close_handle(Clock::time_point until);
};

}  // namespace jobraker::net::kafka
