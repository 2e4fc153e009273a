#include "net/http/cors.hpp"

namespace jobraker::net {

std::string_view allowed_origin(const std::vector<std::string>& origins,
                                std::string_view origin) noexcept {
  for (const auto& known : origins) {
    if (known == "*" || (!origin.empty() && known == origin))
      return known;
  }
  return {};
}

void add_cors(const std::vector<std::string>& origins, const Request& request, Response& response) {
  if (origins.empty())
    return;
  response.headers.add("Vary", "Origin");
  const auto origin = request.headers.get("origin");
  const auto allowed = origin ? allowed_origin(origins, *origin) : std::string_view{};
  if (allowed.empty())
    return;
  response.headers.add("Access-Control-Allow-Origin", allowed);
  response.headers.add("Access-Control-Expose-Headers",
                       "ETag, Location, Retry-After, X-Request-Id, RateLimit, RateLimit-Policy");
}

Response preflight(std::string_view allow) {
  auto response = Response::no_content();
  response.headers.add("Allow", allow);
  response.headers.add("Access-Control-Allow-Methods", allow);
  response.headers.add("Access-Control-Allow-Headers",
                       "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
                       "Last-Event-ID, Prefer, Traceparent, X-Request-Id");
  response.headers.add("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace jobraker::net
