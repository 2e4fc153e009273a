#pragma once

#include <mutex>

#include "actors/operation/core/actor_totals.hpp"

namespace jobraker {
class ActorRegistry;
}

namespace jobraker::operation {

/// The actors of this node by kind. Takes about a microsecond an actor, so it belongs on the work
/// pool. From any thread.
class ActorReading {
public:
  explicit ActorReading(const ActorRegistry& registry) : registry_(registry) {}

  void add_to(Families& families);

private:
  const ActorRegistry& registry_;
  std::mutex mutex_;
  ActorTotals totals_;
};

}  // namespace jobraker::operation
