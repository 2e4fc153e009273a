#include "net/http/message.hpp"

#include <algorithm>

namespace jobraker::net {
namespace {

constexpr std::string_view method_names[method_count] = {"GET",   "HEAD",   "POST",   "PUT",
                                                         "PATCH", "DELETE", "OPTIONS"};

}  // namespace

std::string_view to_string(Method method) noexcept {
  return method_names[static_cast<std::size_t>(method)];
}

std::optional<Method> parse_method(std::string_view name) noexcept {
  for (std::size_t i = 0; i < method_count; ++i) {
    if (method_names[i] == name)
      return static_cast<Method>(i);
  }
  return std::nullopt;
}

std::optional<std::string_view> find(const Parameters& parameters, std::string_view name) noexcept {
  for (const auto& [key, value] : parameters) {
    if (key == name)
      return std::string_view{value};
  }
  return std::nullopt;
}

std::string Request::media_type() const {
  const auto value = headers.value("content-type");
  std::string type{trimmed(value.substr(0, value.find(';')))};
  std::transform(type.begin(), type.end(), type.begin(), to_lower);
  return type;
}

Response Response::of(int status, std::string_view content_type, std::string bytes) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", content_type);
  response.body = std::move(bytes);
  return response;
}

Response Response::json(int status, std::string text) {
  return of(status, "application/json", std::move(text));
}

Response Response::text(int status, std::string text) {
  return of(status, "text/plain; charset=utf-8", std::move(text));
}

Response Response::shared(int status, std::string_view content_type, SharedBody bytes) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", content_type);
  response.body = std::move(bytes);
  return response;
}

Response Response::no_content() {
  Response response;
  response.status = 204;
  return response;
}

Response Response::created(std::string_view location, std::string json_text) {
  auto response = json(201, std::move(json_text));
  response.headers.add("Location", location);
  return response;
}

Response Response::accepted(std::string_view location, std::string json_text) {
  auto response = json(202, std::move(json_text));
  response.headers.add("Location", location);
  return response;
}

Response Response::stream(int status, std::string_view content_type, BodyProducer next) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", content_type);
  response.body = std::move(next);
  return response;
}

std::string_view Response::bytes() const noexcept {
  if (const auto* own = std::get_if<std::string>(&body))
    return *own;
  if (const auto* common = std::get_if<SharedBody>(&body); common != nullptr && *common)
    return **common;
  return {};
}

std::string_view reason_of(int status) noexcept {
  switch (status) {
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 204:
    return "No Content";
  case 206:
    return "Partial Content";
  case 301:
    return "Moved Permanently";
  case 302:
    return "Found";
  case 303:
    return "See Other";
  case 304:
    return "Not Modified";
  case 307:
    return "Temporary Redirect";
  case 308:
    return "Permanent Redirect";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 406:
    return "Not Acceptable";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 410:
    return "Gone";
  case 412:
    return "Precondition Failed";
  case 413:
    return "Content Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 417:
    return "Expectation Failed";
  case 422:
    return "Unprocessable Content";
  case 426:
    return "Upgrade Required";
  case 428:
    return "Precondition Required";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 499:
    return "Client Closed Request";
  case 500:
    return "Internal Server Error";
  case 501:
    return "Not Implemented";
  case 502:
    return "Bad Gateway";
  case 503:
    return "Service Unavailable";
  case 504:
    return "Gateway Timeout";
  case 505:
    return "HTTP Version Not Supported";
  default:
    return "Unknown";
  }
}

}  // namespace jobraker::net
