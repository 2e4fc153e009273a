#pragma once

#include <functional>
#include <memory>

#include "actors/events/handles.hpp"
#include "storage/outbox.hpp"

namespace jobraker::events {

/// Takes rows of the outbox to where they are told. Lives inside the outbox actor.
class Publisher {
public:
  virtual ~Publisher() = default;
  /// Takes a row, its outcome to be said later through Delivered; false when there is no room at
  /// the moment. Of one key rows are told in the order in which they were taken.
  virtual bool offer(const storage::OutboxRow& row) = 0;
  /// True when nothing that was offered and not reported will ever be: a new one is needed.
  virtual bool lost() const = 0;
  /// Said now and then, so that it can mend what it can mend by itself.
  virtual void tend() {}
};

/// Hears of outcomes, on any thread.
using Report = std::function<void(Delivered)>;

}  // namespace jobraker::events
