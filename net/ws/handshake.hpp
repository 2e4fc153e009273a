#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"

/// The opening handshake of RFC 6455 §4.2, as far as it is text.
namespace jobraker::net {

/// The prefix of the subprotocol that carries an access token: browsers cannot set a header.
inline constexpr std::string_view token_protocol = "jobraker.auth.";

/// What a handshake asks for.
struct Handshake {
  std::string accept{};      ///< value of Sec-WebSocket-Accept
  bool protocol = false;     ///< the endpoint's subprotocol is to be echoed
  std::string token{};       ///< of a `jobraker.auth.` subprotocol, or empty
  std::string extensions{};  ///< value of Sec-WebSocket-Extensions in the answer, or empty
};

/// What is asked of the endpoint's own side.
struct HandshakeRules {
  std::string_view protocol{};
  const std::vector<std::string>& origins;
  bool deflate = false;
};

/// base64(SHA-1(key + the protocol's GUID)).
std::string accept_key(std::string_view key);

/// Whether a value of `Origin` is one of `origins` or the server's own, as `host` (the Host field)
/// names it, over http or https. `null` never is.
bool origin_allowed(std::string_view origin, std::string_view host,
                    const std::vector<std::string>& origins);

/// Reads the request's fields. Else the refusal, problem+json: 426 when it is no upgrade to
/// WebSocket 13, 400 for a missing or broken key and for subprotocols without ours, 403 for a
/// foreign origin.
tl::expected<Handshake, Response> read_handshake(const Request& request, bool http_1_1,
                                                 const HandshakeRules& rules);

/// 426 with `Upgrade: websocket` (RFC 9110 §15.5.22).
Response upgrade_required(const Context& context);

/// The 101 that answers a handshake.
std::string switching_protocols(const Handshake& handshake, std::string_view protocol,
                                std::string_view request_id);

}  // namespace jobraker::net
