#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "actors/operation/core/event_families.hpp"
#include "actors/operation/core/model_families.hpp"
#include "actors/operation/core/schedule_families.hpp"
#include "messages/context.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"

namespace jobraker {
struct Services;
}

namespace jobraker::operation {

/// What only PostgreSQL knows.
struct RowReading {
  OutboxReading outbox{};
  std::vector<Share> dead_letters{};
  std::vector<Share> applications{};
  std::int64_t stale_submissions = 0;
  std::vector<Share> stuck{};            ///< applications, by reason
  std::vector<BudgetReading> budgets{};  ///< of the whole server
  std::vector<ScheduleReading> schedules{};
};

/// What came of a look at them.
struct RowLook {
  std::optional<RowReading> rows{};  ///< at most a few seconds old
  std::optional<bool> answered{};    ///< whether PostgreSQL did, when it was asked just now
};

/// Reads that at most every second, whoever asks, and what takes a whole table at most every 15
/// seconds, or a fiftieth of the time. From any I/O thread.
class RowFigures {
public:
  using Clock = Context::Clock;

  explicit RowFigures(Services& services) : services_(services) {}

  /// The figures; none when PostgreSQL does not answer until the deadline. Whoever comes while
  /// another reads gets what was read before.
  task<RowLook> read(Clock::time_point deadline);

private:
  task<Done> look(RowReading& reading, Clock::time_point deadline);

  Services& services_;
  std::mutex mutex_;  ///< of all below
  std::optional<RowReading> last_;
  Clock::time_point again_{};         ///< not before
  Clock::time_point tables_again_{};  ///< nor the whole tables before
  bool reading_ = false;
};

}  // namespace jobraker::operation
