#pragma once

#include "net/http/router.hpp"

namespace jobraker::net {

/// `GET /openapi.json`: the contract of this server (net/api/openapi), for everybody.
void add_docs_routes(Router& router);

}  // namespace jobraker::net
