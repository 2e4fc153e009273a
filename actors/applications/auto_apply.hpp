#pragma once

#include "actors/applications/submission_step.hpp"

/// What people ask for: to prepare an application, to approve it, to stop it, to try it again.
namespace jobraker::applications {

/// Prepares a person's application to a posting, inside the caller's transaction: a new draft, the
/// one there is, or one that was withdrawn before anything was sent. `answers` replace those of a
/// draft. Errc::forbidden without the consent; not_found; conflict when it was sent already or the
/// posting is closed; invalid answers.
task<Result<AutoApplied>> auto_apply(storage::Session& session, UserId user, AutoApplyTo request,
                                     std::string detail, Time now);

/// Approves exactly what would be sent now. See ApplicationActor for the errors.
task<Result<Approval>> approve_application(Services& services, Context context,
                                           ApplicationId application, ApproveApplication body);

/// What would be sent has been changed: an approval of something else that waits for its turn is
/// void, and the application a draft again. Answers it as it is then.
task<Result<Application>> recheck_approval(Services& services, Context context,
                                           ApplicationId application);

/// Tries again what was approved.
task<Result<ApplicationView>> retry_application(Services& services, Context context,
                                                ApplicationId application);

/// Stops it, also for admins. What Skyvern has to be asked for is done afterwards (`make_calls`).
task<Result<Committed>> cancel_application(Services& services, Context context,
                                           ApplicationId application);

}  // namespace jobraker::applications
