#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/schedules/core/timing.hpp"
#include "actors/system/services.hpp"

/// What this program does by the clock.
namespace jobraker::schedules {

/// What a job is given when it runs.
struct JobRun {
  Context context{};  ///< the system's own; a job ends by its deadline
  std::shared_ptr<const std::atomic<bool>> stop{};

  /// Whether there is time left and the server is not about to end. Asked between any two steps.
  bool goes_on() const { return !stop->load() && !context.expired(); }
  /// Why it does not go on.
  Error ended() const;
};

/// One line of the table.
struct ScheduledJob {
  std::string name{};
  std::string title{};
  std::optional<Timing> timing{};  ///< none: only by hand
  /// Does it, and says in a few figures what came of it. May run again after a crash in its middle.
  std::function<task<Result<std::string>>(JobRun)> work{};
};

/// All of them.
struct ScheduleTable {
  std::vector<ScheduledJob> jobs{};
  const ScheduledJob* find(std::string_view name) const;
};

/// How jobs find whom they need.
struct ScheduleNeeds {
  std::function<Result<JobsActor>()> jobs{};
};

/// The table as the configuration wants it. Errc::invalid names the key of a time that is none.
Result<std::shared_ptr<const ScheduleTable>> schedule_table(Services& services,
                                                            ScheduleNeeds needs);

}  // namespace jobraker::schedules
