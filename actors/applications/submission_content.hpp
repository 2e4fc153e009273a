#pragma once

#include "actors/applications/core/content.hpp"
#include "storage/session.hpp"

namespace jobraker::applications {

/// Reads what would be sent with an application now: its documents, the person's profile and
/// address.
task<Result<Content>> load_content(storage::Session& session, const Application& application,
                                   std::vector<FormAnswer> answers);

/// The application with all that there is to say of its sending.
task<Result<ApplicationView>> view_application(storage::Session& session, Application application);

}  // namespace jobraker::applications
