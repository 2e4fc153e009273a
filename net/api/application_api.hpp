#pragma once

#include <functional>

#include "messages/application_handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /applications.
void add_application_routes(Router& router, std::function<Result<ApplicationsActor>()> actor);

}  // namespace jobraker::net
