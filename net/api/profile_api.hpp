#pragma once

#include "net/api/routes.hpp"

namespace jobraker::net {

/// /profiles/…: résumé, profile, matches, scoring.
void add_profile_routes(Router& router, const Actors& actors, const ApiSettings& settings);

}  // namespace jobraker::net
