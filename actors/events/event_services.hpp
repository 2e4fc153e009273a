#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/events/consumer.hpp"
#include "actors/events/handles.hpp"

namespace jobraker::events {

/// What a consumer has done on this node since its start; written by it, read by anybody.
struct ConsumerFigures {
  std::atomic<std::int64_t> handled{0}, repeated{0}, failures{0}, dead{0}, waiting{0};
};

/// What the outbox of this node has done since its start.
struct OutboxFigures {
  std::atomic<std::int64_t> told{0}, in_flight{0};
  std::atomic<bool> leading{false};
};

/// Events of one topic that a consumer is behind.
struct TopicLag {
  Topic topic = Topic::job_posted;
  std::int64_t events = 0;
};

/// A consumer with its figures and the way to its actor.
struct Listener {
  Consumer consumer{};
  std::shared_ptr<ConsumerFigures> figures = std::make_shared<ConsumerFigures>();
  std::function<Result<ConsumerActor>()> find{};
  /// Behind the ends of its partitions, as last measured, by topic; nothing without Kafka.
  std::function<std::vector<TopicLag>()> lag{};
};

/// Everything the events' actors share. Built by the server's wiring before the first of them.
struct EventServices {
  const Uuid node = new_uuid();  ///< who leads; the same for every actor of this node
  bool kafka = false;            ///< events leave the server; consumers are consumer groups
  std::vector<std::shared_ptr<Listener>> listeners{};
  OutboxFigures outbox{};
  /// Something may have been put into the outbox. From any thread, cheap when said often.
  std::function<void()> wake{};
};

}  // namespace jobraker::events
