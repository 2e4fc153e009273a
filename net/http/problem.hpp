#pragma once

#include <string>
#include <string_view>

#include "messages/context.hpp"
#include "messages/result.hpp"
#include "net/http/message.hpp"

namespace jobraker::net {

/// The HTTP status of a code. The only place that knows.
int status_of(Errc code) noexcept;

/// An error as RFC 9457 `application/problem+json`: type, title, status, detail, code, trace_id
/// and, when values are at fault, errors[] of pointer and detail. Adds `Retry-After` (whole
/// seconds, at least 1; 1 for Errc::timed_out without its own, as a deadline of ours that passed is
/// worth another try) and on 401 `WWW-Authenticate: Bearer`. The detail of Errc::internal is
/// never shown.
Response problem(const Error& error, const Context& context);

/// 405 with `Allow` (RFC 9110 §15.5.6).
Response method_not_allowed(std::string_view allow, const Context& context);

/// 408 `request_timeout`: the request itself came too slowly (RFC 9110 §15.5.9). The connection is
/// to be closed after it.
Response slow_request(std::string_view detail, const Context& context);

/// A refusal that HTTP itself makes and no Errc names (408, 414, 417, 431, 501, 505): same shape.
Response protocol_problem(int status, std::string_view code, std::string_view detail,
                          const Context& context);

}  // namespace jobraker::net
