#pragma once

#include <functional>

#include "messages/application_handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /company: the employer's own; admins may name another.
void add_company_routes(Router& router, std::function<Result<ApplicationsActor>()> actor);

}  // namespace jobraker::net
