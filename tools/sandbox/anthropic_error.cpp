#include "tools/sandbox/anthropic_error.hpp"

#include "messages/json.hpp"

namespace jobraker::sandbox {

std::string to_json(const AnthropicError& error, std::string_view request_id) {
  json::Writer out;
  out.begin_object().member("type", "error").key("error").begin_object();
  out.member("type", std::string_view{error.type})
    .member("message", std::string_view{error.message})
    .end_object();
  out.member("request_id", "req_" + std::string{request_id}).end_object();
  return out.text();
}

net::Response to_anthropic(const AnthropicError& error, std::string_view request_id) {
  return net::Response::json(error.status, to_json(error, request_id));
}

std::string_view anthropic_type(int status) noexcept {
  switch (status) {
  case 401:
    return "authentication_error";
  case 402:
    return "billing_error";
  case 403:
    return "permission_error";
  case 404:
    return "not_found_error";
  case 409:
    return "conflict_error";
  case 413:
    return "request_too_large";
  case 429:
    return "rate_limit_error";
  case 504:
    return "timeout_error";
  case 529:
    return "overloaded_error";
  default:
    return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

AnthropicError usual_anthropic_error(int status) {
  std::string type{anthropic_type(status)};
  switch (status) {
  case 401:
    return {status, "invalid x-api-key", type};
  case 429:
    return {status,
            "This request would exceed your organization's rate limit of 50 requests per "
            "minute.",
            type};
  case 529:
    return {status, "Overloaded", type};
  default:
    return {status, status >= 500 ? "Internal server error" : "The request could not be processed.",
            type};
  }
}

}  // namespace jobraker::sandbox
