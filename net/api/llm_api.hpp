#pragma once

#include "net/api/routes.hpp"

namespace jobraker::net {

/// Usage and budgets of the language models, for admins.
void add_llm_routes(Router& router, const Actors& actors);

}  // namespace jobraker::net
