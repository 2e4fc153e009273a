#include "actors/operation/http_reading.hpp"

#include "net/http/server.hpp"

namespace jobraker::operation {

HttpReading read_http(const net::Server& server) {
  const auto counters = server.counters();
  HttpReading out;
  out.connections_open = counters.connections_open;
  out.requests_running = counters.requests_running;
  out.connections = counters.connections;
  out.connections_refused = counters.connections_refused;
  out.timed_out = counters.timed_out;
  out.ws_open = counters.ws_open;
  out.ws_opened = counters.ws_opened;
  out.ws_received = counters.ws_received;
  out.ws_sent = counters.ws_sent;
  out.ws_slow = counters.ws_slow;
  std::vector<double> bounds;
  for (const auto bound : net::answer_bounds_ms)
    bounds.push_back(bound / 1000.0);
  for (const auto& from : server.traffic())
    out.routes.push_back({from.method,
                          from.pattern,
                          from.answered,
                          {bounds, {from.times.begin(), from.times.end()}, from.seconds}});
  return out;
}

}  // namespace jobraker::operation
