#pragma once

#include "actors/schedules/schedule_table.hpp"

/// The work of the schedules, one function each.
namespace jobraker::schedules {

/// Fetches all searches, feeds and boards: what `POST /jobs/refresh` does. Fails when no source
/// answered.
task<Result<std::string>> refresh_jobs(Services& services, const ScheduleNeeds& needs, JobRun run);

/// Ends postings whose deadline or age has passed.
task<Result<std::string>> expire_jobs(Services& services, JobRun run);

/// Removes tokens and tickets that have ended.
task<Result<std::string>> expire_accounts(Services& services, JobRun run);

/// Remove what is older than the configuration says, in small batches.
task<Result<std::string>> forget_calls(Services& services, JobRun run);
task<Result<std::string>> forget_audit(Services& services, JobRun run);
task<Result<std::string>> forget_effects(Services& services, JobRun run);
task<Result<std::string>> forget_tasks(Services& services, JobRun run);
task<Result<std::string>> forget_events(Services& services, JobRun run);
task<Result<std::string>> forget_notifications(Services& services, JobRun run);

}  // namespace jobraker::schedules
