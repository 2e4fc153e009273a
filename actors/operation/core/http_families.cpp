#include "actors/operation/core/http_families.hpp"

namespace jobraker::operation {
namespace {

constexpr std::array<std::string_view, 6> classes{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr std::string_view no_route = "none";

void add_routes(Families& families, const std::vector<RouteReading>& routes) {
  const auto name = [](const RouteReading& one) -> std::string_view {
    return one.route.empty() ? no_route : std::string_view{one.route};
  };
  const auto method = [](const RouteReading& one) -> std::string_view {
    return one.method.empty() ? no_route : std::string_view{one.method};
  };
  auto requests = Family::counter(families, "jobraker_http_requests_total",
                                  "Requests answered, by route and class of status.");
  for (const auto& one : routes)
    for (std::size_t i = 0; i < classes.size(); ++i)
      if (one.answered[i] > 0)
        requests.add(one.answered[i],
                     {{"method", method(one)}, {"route", name(one)}, {"status", classes[i]}});
  auto seconds =
    Family::histogram(families, "jobraker_http_request_duration_seconds",
                      "From a request's header to when its answer was ready to be written.");
  for (const auto& one : routes) {
    std::uint64_t all = 0;
    for (const auto count : one.answered)
      all += count;
    if (all > 0)
      seconds.add(one.seconds, {{"method", method(one)}, {"route", name(one)}});
  }
}

}  // namespace

void add_families(Families& families, const HttpReading& http) {
  add_routes(families, http.routes);
  const auto counter = [&](const char* name, const char* help, std::uint64_t value) {
    Family::counter(families, name, help).add(value);
  };
  const auto gauge = [&](const char* name, const char* help, std::uint64_t value) {
    Family::gauge(families, name, help).add(value);
  };
  gauge("jobraker_http_requests_running", "Requests whose handlers have not answered.",
        http.requests_running);
  gauge("jobraker_http_connections_open", "Open connections, WebSockets among them.",
        http.connections_open);
  counter("jobraker_http_connections_total", "Connections that were accepted.", http.connections);
  counter("jobraker_http_connections_refused_total", "Connections beyond the limit.",
          http.connections_refused);
  counter("jobraker_http_connections_timed_out_total", "Connections ended by a time-out of ours.",
          http.timed_out);
  gauge("jobraker_websocket_connections_open", "Open WebSockets.", http.ws_open);
  counter("jobraker_websocket_connections_total", "WebSockets that were opened.", http.ws_opened);
  Family::counter(families, "jobraker_websocket_messages_total", "Messages on WebSockets.")
    .add(http.ws_received, {{"direction", "received"}})
    .add(http.ws_sent, {{"direction", "sent"}});
  counter("jobraker_websocket_slow_closed_total",
          "WebSockets closed because their peer did not read what was sent.", http.ws_slow);
}

}  // namespace jobraker::operation
