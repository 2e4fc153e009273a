#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "actors/events/event_services.hpp"
#include "actors/events/publisher.hpp"
#include "config/config.hpp"
#include "net/kafka/record.hpp"
#include "net/kafka/settings.hpp"

namespace jobraker::net::kafka {
class Consumer;
}  // namespace jobraker::net::kafka

namespace jobraker::events {

/// The way to Kafka and back: the outbox's publisher, and a consumer group for each listener. A
/// thread of its own does what blocks: it makes the topics, and opens what is missing or broken.
class KafkaLink {
public:
  KafkaLink(const KafkaConfig& config, EventServices& events);
  ~KafkaLink();
  KafkaLink(const KafkaLink&) = delete;
  KafkaLink& operator=(const KafkaLink&) = delete;

  /// Begins to make topics and to listen.
  void start();

  /// A publisher on a producer of its own; unavailable until the topics are there.
  Result<std::unique_ptr<Publisher>> open(Report report);

  /// The listener's actor is done with a record. From any thread.
  void done(std::size_t listener, const HandleRecord& record);

  /// Records behind the ends of the listener's partitions, as last measured; nothing before.
  std::vector<TopicLag> lag(std::size_t listener) const;

  /// Hears nothing any more and commits what is finished. Blocks for some ten seconds at most,
  /// whatever Kafka does.
  void close();

private:
  struct Group {
    std::shared_ptr<net::kafka::Consumer> consumer{};
    caf::actor_addr actor{};  ///< whom its records went to
    bool opening = false;     ///< `consumer` is about to be set, and hands records over already
    /// What was done by then: `consumer` hears of it as soon as it is there.
    std::vector<std::pair<net::kafka::TopicPartition, std::int64_t>> done_early{};
    bool broken = false;       ///< that actor has ended, and what it had is to come again
    std::uint64_t opened = 0;  ///< how often; the higher half of its records' epochs
  };

  void work();
  bool make_topics();
  void tend_groups();
  void open_group(std::size_t index);
  /// Its consumer is there, or there is none; who has it.
  void opened(std::size_t index, std::shared_ptr<net::kafka::Consumer> consumer);
  void hand_over(std::size_t index, net::kafka::Received received);
  /// Whatever takes long to end; ends in the link's thread, or after close() at once.
  void close_later(std::shared_ptr<void> thing);

  KafkaConfig config_;
  net::kafka::Settings settings_;
  EventServices& events_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> closing_{false};  ///< set behind the mutex
  bool closed_ = false;               ///< the thread has ended
  bool topics_made_ = false;
  std::vector<Group> groups_;
  std::vector<std::shared_ptr<void>> to_close_;  ///< closed by the link's own thread
  std::thread thread_;
};

}  // namespace jobraker::events
