#include "net/http/problem.hpp"

#include <algorithm>
#include <chrono>

#include "messages/json.hpp"

namespace jobraker::net {
namespace {

std::string_view title_of(Errc code) noexcept {
  switch (code) {
  case Errc::malformed:
    return "The request cannot be read";
  case Errc::invalid:
    return "A value breaks a rule";
  case Errc::unauthenticated:
    return "Credentials are needed";
  case Errc::forbidden:
    return "Not allowed";
  case Errc::not_found:
    return "Not found";
  case Errc::method_not_allowed:
    return "Method not allowed";
  case Errc::conflict:
    return "Conflict with the present state";
  case Errc::precondition_failed:
    return "Another version is stored";
  case Errc::too_large:
    return "Too large";
  case Errc::unsupported_media:
    return "Content type not supported";
  case Errc::unprocessable:
    return "Nothing can be made of the content";
  case Errc::rate_limited:
    return "Too many requests";
  case Errc::timed_out:
    return "Out of time";
  case Errc::upstream_failed:
    return "A service we depend on failed";
  case Errc::upstream_timed_out:
    return "A service we depend on did not answer in time";
  case Errc::unavailable:
    return "Temporarily unavailable";
  case Errc::cancelled:
    return "Cancelled";
  case Errc::internal:
    return "Internal error";
  }
  return "Internal error";
}

Response write(int status, std::string_view code, std::string_view title, std::string_view detail,
               const Error* error, const Context& context) {
  json::Writer out;
  out.begin_object()
    .member("type", "urn:jobraker:problem:" + std::string{code})
    .member("title", title)
    .member("status", status);
  if (!detail.empty())
    out.member("detail", detail);
  out.member("code", code).member("trace_id", context.trace.id());
  if (error != nullptr && !error->fields.empty()) {
    out.key("errors").begin_array();
    for (const auto& field : error->fields) {
      out.begin_object()
        .member("pointer", field.pointer)
        .member("detail", field.detail)
        .end_object();
    }
    out.end_array();
  }
  out.end_object();
  return Response::of(status, "application/problem+json", out.text());
}

}  // namespace

int status_of(Errc code) noexcept {
  switch (code) {
  case Errc::malformed:
    return 400;
  case Errc::invalid:
    return 422;
  case Errc::unauthenticated:
    return 401;
  case Errc::forbidden:
    return 403;
  case Errc::not_found:
    return 404;
  case Errc::method_not_allowed:
    return 405;
  case Errc::conflict:
    return 409;
  case Errc::precondition_failed:
    return 412;
  case Errc::too_large:
    return 413;
  case Errc::unsupported_media:
    return 415;
  case Errc::unprocessable:
    return 422;
  case Errc::rate_limited:
    return 429;
  case Errc::timed_out:
    return 503;  // our deadline; 408 is for a request that arrives too slowly
  case Errc::upstream_failed:
    return 502;
  case Errc::upstream_timed_out:
    return 504;
  case Errc::unavailable:
    return 503;
  case Errc::cancelled:
    return 499;  // nginx's number for a caller that went away
  case Errc::internal:
    return 500;
  }
  return 500;
}

Response problem(const Error& error, const Context& context) {
  const std::string_view detail =
    error.code == Errc::internal
      ? std::string_view{"Something went wrong on our side; quote the trace id when you ask."}
      : std::string_view{error.detail};
  auto response = write(status_of(error.code), to_string(error.code), title_of(error.code), detail,
                        &error, context);
  auto wait = error.retry_after;
  if (!wait && error.code == Errc::timed_out)
    wait = std::chrono::seconds{1};
  if (wait) {
    const auto seconds = (wait->count() + 999) / 1000;
    response.headers.add("Retry-After", std::to_string(std::max<std::int64_t>(seconds, 1)));
  }
  if (error.code == Errc::unauthenticated)
    response.headers.add("WWW-Authenticate", "Bearer");
  return response;
}

Response method_not_allowed(std::string_view allow, const Context& context) {
  Error error{Errc::method_not_allowed, "This path knows " + std::string{allow} + ".", {}, {}};
  auto response = problem(error, context);
  response.headers.add("Allow", allow);
  return response;
}

Response slow_request(std::string_view detail, const Context& context) {
  return protocol_problem(408, "request_timeout", detail, context);
}

Response protocol_problem(int status, std::string_view code, std::string_view detail,
                          const Context& context) {
  return write(status, code, reason_of(status), detail, nullptr, context);
}

}  // namespace jobraker::net
