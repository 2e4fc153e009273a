#pragma once

#include <functional>
#include <string>
#include <vector>

#include "messages/events.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"

namespace jobraker::storage {
class Transaction;
}

namespace jobraker::events {

/// Runs an effect in the transaction that also remembers the event for this consumer. False: the
/// event was handled before, the effect has not been run again. The effect may run several times
/// when PostgreSQL asks for it, so it does nothing but statements.
using Once =
  std::function<task<Result<bool>>(std::function<task<Done>(storage::Transaction&)> effect)>;

/// Somebody who acts upon events. Events of one key are handled one after the other in their order,
/// those of different keys at the same time, on any I/O thread.
struct Consumer {
  std::string group{};  ///< its name: a consumer group with Kafka, and in the dead letters
  std::vector<Topic> topics{};
  /// Handles one event, its effect inside `once`. What it does before `once` (ask a model, read)
  /// may be repeated; what it does after a true answer (tell living actors) may be lost. When it
  /// has not called `once` the library remembers the event after it. Errors: unavailable,
  /// timed_out and rate_limited are outages and tried until they end; others up to
  /// `events.attempts_max` times, malformed and invalid only once; then the event is set aside as a
  /// dead letter.
  std::function<task<Done>(const Event&, const Once&)> handle{};
};

}  // namespace jobraker::events
