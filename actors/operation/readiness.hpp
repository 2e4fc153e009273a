#pragma once

#include <mutex>
#include <optional>

#include "actors/operation/core/probes.hpp"
#include "actors/operation/dependencies.hpp"
#include "actors/system/services.hpp"
#include "messages/task.hpp"

namespace jobraker::operation {

/// What `GET /readyz` answers, and how the server takes its leave of whoever asks.
class Readiness {
public:
  using Clock = Context::Clock;

  Readiness(Services& services, Dependencies& dependencies)
      : services_(services), dependencies_(dependencies) {}

  /// Asks PostgreSQL, until two seconds have passed or the deadline; of the rest says what is
  /// known.
  task<ReadinessView> look(Clock::time_point deadline);

  /// From now on it is draining. Returns once whoever asks regularly was told so and can send
  /// requests elsewhere, before anything is closed; at once when nobody does; after five seconds,
  /// or a third of the time until the deadline, at the latest.
  task<void> leave(Clock::time_point deadline);

private:
  /// Whether every thread of the server can reach the database: the next request may come to any.
  task<bool> all_answer(Clock::time_point until);

  Services& services_;
  Dependencies& dependencies_;
  std::mutex mutex_;  ///< of all below
  Probes probes_;
  bool draining_ = false;
  bool told_ = false;  ///< that it is draining
};

}  // namespace jobraker::operation
