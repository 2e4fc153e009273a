#include "tools/sandbox/openai_error.hpp"

#include "messages/json.hpp"

namespace jobraker::sandbox {

std::string to_json(const OpenAiError& error) {
  json::Writer out;
  auto text_or_null = [&](std::string_view name, const std::string& text) {
    out.key(name);
    if (text.empty())
      out.null();
    else
      out.value(std::string_view{text});
  };
  out.begin_object().key("error").begin_object();
  out.member("message", std::string_view{error.message})
    .member("type", std::string_view{error.type});
  text_or_null("param", error.param);
  text_or_null("code", error.code);
  out.end_object().end_object();
  return out.text();
}

net::Response to_response(const OpenAiError& error) {
  auto response = net::Response::json(error.status, to_json(error));
  for (const auto& [name, value] : error.headers)
    response.headers.set(name, value);
  return response;
}

OpenAiError usual_error(int status) {
  switch (status) {
  case 401:
    return {
      401,
      "Incorrect API key provided: sk-***. You can find your API key in your account settings.", "",
      "invalid_api_key"};
  case 403:
    return {403, "Country, region, or territory not supported", "",
            "unsupported_country_region_territory", "request_forbidden"};
  case 404:
    return {404, "The model does not exist or you do not have access to it.", "model",
            "model_not_found"};
  case 408:
    return {408, "Request timed out.", "", "", "timeout"};
  case 429:
    return {429,
            "Rate limit reached for requests per min (RPM): Limit 3, Used 3, Requested 1. Please "
            "try again in 20ms.",
            "", "rate_limit_exceeded", "requests"};
  case 503:
    return {503,
            "That model is currently overloaded with other requests. Please retry your request.",
            "", "", "server_error"};
  default:
    if (status >= 500)
      return {status, "The server had an error while processing your request. Sorry about that!",
              "", "", "server_error"};
    return {status, "The request could not be processed.", "", "", "invalid_request_error"};
  }
}

}  // namespace jobraker::sandbox
