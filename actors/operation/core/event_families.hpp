#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/operation/core/family.hpp"

namespace jobraker::operation {

/// How many of something belong to one topic, state or the like.
struct Share {
  std::string of{};
  std::int64_t count = 0;
};

/// One consumer on this node since its start.
struct ConsumerReading {
  std::string name{};
  std::int64_t handled = 0;
  std::int64_t repeated = 0;
  std::int64_t failed_attempts = 0;
  std::int64_t dead = 0;
  std::int64_t waiting = 0;
  std::vector<Share> lag{};  ///< by topic, in Kafka
};

/// What this node tells and hears, from memory.
struct EventReading {
  bool leading = false;  ///< this node tells what is in the outbox
  std::int64_t told = 0;
  std::int64_t in_flight = 0;
  std::vector<ConsumerReading> consumers{};
  std::optional<std::uint64_t> kafka_complaints{};  ///< nothing without Kafka
};

/// The outbox, from its table.
struct OutboxReading {
  std::int64_t unpublished = 0;
  double oldest_seconds = 0;  ///< since the oldest was written; 0 when nothing waits
};

void add_families(Families& families, const EventReading& events);
void add_families(Families& families, const OutboxReading& outbox);
/// Dead letters that nobody has replayed, by topic; topics without any are 0.
void add_dead_letters(Families& families, const std::vector<Share>& letters);

}  // namespace jobraker::operation
