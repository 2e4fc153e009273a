#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/operation/core/family.hpp"

namespace jobraker::operation {

/// What was answered on one route since the start.
struct RouteReading {
  std::string method{};
  std::string route{};  ///< the pattern: `/api/v1/jobs/{id}`; empty when none matched
  std::array<std::uint64_t, 6> answered{};  ///< by status class: [2] is 2xx
  Distribution seconds{};
};

/// The HTTP server and its WebSockets since the start; gauges where it says so.
struct HttpReading {
  std::uint64_t connections_open = 0;  ///< gauge
  std::uint64_t requests_running = 0;  ///< gauge
  std::uint64_t connections = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t ws_open = 0;  ///< gauge
  std::uint64_t ws_opened = 0;
  std::uint64_t ws_received = 0;
  std::uint64_t ws_sent = 0;
  std::uint64_t ws_slow = 0;
  std::vector<RouteReading> routes{};
};

/// Routes that nobody has used yet are left out.
void add_families(Families& families, const HttpReading& http);

}  // namespace jobraker::operation
