#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "actors/schedules/schedule_table.hpp"
#include "storage/schedules.hpp"

namespace jobraker::schedules {

/// What a look at the table has found and done.
struct Round {
  std::vector<storage::TakenRun> taken{};       ///< this node's from now on: to be begun
  std::vector<storage::ScheduleRecord> rows{};  ///< as they were before
  std::optional<Time> look_at{};                ///< when something is due next, or a lease ends
  std::optional<Error> problem{};               ///< what kept it from being done to the end
};

/// Makes the table in PostgreSQL know what this program does.
task<Done> make_known(Services& services, const ScheduleTable& table);

/// Finds runs that were abandoned, and takes what is due. Never fails as a whole: what was taken
/// must be begun.
task<Result<Round>> look_round(Services& services, std::shared_ptr<const ScheduleTable> table);

/// The names in the table.
std::vector<std::string> names_of(const ScheduleTable& table);

}  // namespace jobraker::schedules
