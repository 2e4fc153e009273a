#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/operation/core/family.hpp"

namespace jobraker::operation {

/// How one schedule has fared on all nodes. Names are those of the program's table, a few.
struct ScheduleReading {
  std::string name{};
  std::int64_t runs = 0;
  std::int64_t failures = 0;
  double overdue_seconds = 0;
};

/// Runs, failures and lateness of what is done by the clock.
void add_schedules(Families& families, const std::vector<ScheduleReading>& schedules);

}  // namespace jobraker::operation
