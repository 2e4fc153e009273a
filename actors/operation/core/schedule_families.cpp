#include "actors/operation/core/schedule_families.hpp"

namespace jobraker::operation {

void add_schedules(Families& families, const std::vector<ScheduleReading>& schedules) {
  auto runs = Family::counter(families, "jobraker_schedule_runs_total",
                              "Runs of what is done by the clock, on all nodes.");
  for (const auto& one : schedules)
    runs.add(one.runs, {{"schedule", one.name}});
  auto failures = Family::counter(families, "jobraker_schedule_failures_total",
                                  "Runs that failed or were abandoned, on all nodes.");
  for (const auto& one : schedules)
    failures.add(one.failures, {{"schedule", one.name}});
  auto overdue = Family::gauge(families, "jobraker_schedule_overdue_seconds",
                               "How long ago a run should have begun; 0 in time, or when paused.");
  for (const auto& one : schedules)
    overdue.add(one.overdue_seconds, {{"schedule", one.name}});
}

}  // namespace jobraker::operation
