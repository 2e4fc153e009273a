#pragma once

#include <functional>
#include <string>
#include <vector>

#include "messages/submission_handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /webhooks/skyvern. `keys` are those that its signatures may have; with none every one is
/// refused.
void add_webhook_routes(Router& router, std::function<Result<SubmissionsActor>()> actor,
                        std::vector<std::string> keys);

}  // namespace jobraker::net
