#pragma once

#include "messages/handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// POST /auth/…, GET /users/{user_id}.
void add_account_routes(Router& router, const Actors& actors);

}  // namespace jobraker::net
