#pragma once

#include <string>
#include <string_view>

#include "net/http/message.hpp"

namespace jobraker::net {

/// What the server adds to a response on its way out.
struct WireOptions {
  std::string_view date;        ///< value of Date
  std::string_view request_id;  ///< value of X-Request-Id
  bool keep_alive = true;
  bool http_1_1 = true;  ///< false: streamed bodies end with the connection
  bool head = false;     ///< answer to HEAD: fields as for GET, no body
};

/// Appends status line and fields, up to and with the empty line. Content-Length,
/// Transfer-Encoding, Connection and Date are set here; a handler's own are left out.
void write_head(std::string& out, const Response& response, const WireOptions& options);

/// Appends one chunk (RFC 9112 §7.1); an empty one would end the body and is left out.
void write_chunk(std::string& out, std::string_view bytes);

/// What ends a chunked body.
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

/// Whether a response of this status has a body at all (RFC 9110 §6.4.1).
constexpr bool may_have_body(int status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace jobraker::net
