#pragma once

#include <functional>

#include "messages/application_handles.hpp"
#include "messages/submission_handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /applications.
void add_application_routes(Router& router, std::function<Result<ApplicationsActor>()> actor);

/// /jobs/{id}/auto-apply, /applications/{id}/approve, cancel and retry. `find` gives the actor of
/// one application.
void add_submission_routes(Router& router, std::function<Result<ApplicationsActor>()> actor,
                           std::function<Result<ApplicationActor>(const ApplicationId&)> find);

}  // namespace jobraker::net
