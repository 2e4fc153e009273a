#pragma once

#include <functional>

#include "messages/operator_desk.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /admin/applications, /admin/llm/calls and /profiles/users: what administrators look through
/// across all people.
void add_operator_routes(Router& router, std::function<Result<OperatorDeskActor>()> desk);

}  // namespace jobraker::net
