#pragma once

#include "net/api/routes.hpp"

namespace jobraker::net {

/// /jobs, /searches, /tasks.
void add_job_routes(Router& router, const Actors& actors, const ApiSettings& settings);

}  // namespace jobraker::net
