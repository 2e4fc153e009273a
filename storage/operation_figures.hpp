#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "messages/inspection/under_way.hpp"
#include "storage/session.hpp"

/// What operators watch: counts over whole tables, without anybody's data.
namespace jobraker::storage {

/// A word of a small set (a topic, a state) and how many rows have it.
using Counts = std::vector<std::pair<std::string, std::int64_t>>;

/// How one schedule (storage/schedules.hpp) has fared.
struct ScheduleFigures {
  std::string name{};
  std::int64_t runs = 0;
  std::int64_t failures = 0;   ///< of them, the abandoned among them
  double overdue_seconds = 0;  ///< since it should have begun; 0 when it is paused, or in time
};
task<Result<std::vector<ScheduleFigures>>> schedule_figures(Session& session, Time now);

/// Dead letters that were not replayed, by topic; topics without any are left out.
task<Result<Counts>> count_dead_letters(Session& session);

/// Applications by status; those that none has are left out. Reads the whole table.
task<Result<Counts>> count_applications(Session& session);

/// Submissions under way of which nothing was heard for too long.
task<Result<std::int64_t>> count_stale_submissions(Session& session);

/// Kits under way that have made no step since `before`; the fifty that have stood longest.
task<Result<std::vector<WorkUnderWay>>> find_stale_kits(Session& session, Time before);

}  // namespace jobraker::storage
