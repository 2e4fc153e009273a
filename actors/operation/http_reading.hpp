#pragma once

#include "actors/operation/core/http_families.hpp"

namespace jobraker::net {
class Server;
}

namespace jobraker::operation {

/// The server's counters as they are. From any thread.
HttpReading read_http(const net::Server& server);

}  // namespace jobraker::operation
