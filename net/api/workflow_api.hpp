#pragma once

#include <functional>

#include "messages/workflow_handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /applications/{id}/kit with its files, /applications/{id}/documents.
void add_workflow_routes(Router& router, const Actors& actors,
                         std::function<Result<KitsActor>()> kits);

}  // namespace jobraker::net
