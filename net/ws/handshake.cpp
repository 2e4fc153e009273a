#include "net/ws/handshake.hpp"

#include <algorithm>

#include <boost/beast/websocket/detail/hybi13.hpp>

#include "net/http/problem.hpp"
#include "net/ws/deflate.hpp"

namespace jobraker::net {
namespace {

/// Calls `visit` with each element of a comma-separated field until it answers true.
template <class Visit>
bool any_element(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto element = trimmed(list.substr(0, comma));
    if (!element.empty() && visit(element))
      return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

/// Whether any field of that name lists the token.
bool lists(const Headers& headers, std::string_view name, std::string_view token) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (same_token(headers.name_at(i), name) &&
        any_element(headers.value_at(i), [&](auto each) { return same_token(each, token); }))
      return true;
  }
  return false;
}

/// 16 bytes in base64: 22 characters and two fillers.
bool is_key(std::string_view key) {
  return key.size() == 24 && key.substr(22) == "==" &&
         std::all_of(key.begin(), key.begin() + 22, [](char c) {
           return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
                  c == '+' || c == '/';
         });
}

}  // namespace

std::string accept_key(std::string_view key) {
  boost::beast::websocket::detail::sec_ws_accept_type accept;
  boost::beast::websocket::detail::make_sec_ws_accept(accept, {key.data(), key.size()});
  return {accept.data(), accept.size()};
}

bool origin_allowed(std::string_view origin, std::string_view host,
                    const std::vector<std::string>& origins) {
  if (origin == "null")
    return false;
  if (std::find(origins.begin(), origins.end(), origin) != origins.end())
    return true;
  const auto after = origin.starts_with("https://") ? 8u : origin.starts_with("http://") ? 7u : 0u;
  return after != 0 && !host.empty() && same_token(origin.substr(after), host);
}

Response upgrade_required(const Context& context) {
  auto response =
    protocol_problem(426, "upgrade_required",
                     "This path speaks WebSocket: send the handshake of RFC 6455.", context);
  response.headers.add("Upgrade", "websocket");
  return response;
}

tl::expected<Handshake, Response> read_handshake(const Request& request, bool http_1_1,
                                                 const HandshakeRules& rules) {
  const auto& headers = request.headers;
  const auto& context = request.context;
  if (request.method != Method::get || !http_1_1 || !lists(headers, "upgrade", "websocket") ||
      !lists(headers, "connection", "upgrade"))
    return tl::unexpected(upgrade_required(context));
  if (headers.combined("sec-websocket-version") != "13") {
    auto response = protocol_problem(426, "upgrade_required",
                                     "Only version 13 of the protocol is spoken here.", context);
    response.headers.add("Upgrade", "websocket");
    response.headers.add("Sec-WebSocket-Version", "13");
    return tl::unexpected(std::move(response));
  }
  const auto key = headers.combined("sec-websocket-key").value_or("");
  if (!is_key(key))
    return tl::unexpected(protocol_problem(
      400, "malformed", "Sec-WebSocket-Key is 16 bytes in base64, once.", context));
  const auto origin = headers.combined("origin");
  if (origin && !origin_allowed(*origin, headers.value("host"), rules.origins))
    return tl::unexpected(
      problem(Error{Errc::forbidden, "Pages of this origin may not connect.", {}, {}}, context));
  Handshake out;
  bool offers = false;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!same_token(headers.name_at(i), "sec-websocket-protocol"))
      continue;
    offers = true;
    any_element(headers.value_at(i), [&](std::string_view name) {
      if (name == rules.protocol)
        out.protocol = true;
      else if (name.starts_with(token_protocol) && out.token.empty())
        out.token = name.substr(token_protocol.size());
      return false;
    });
  }
  if (offers && !out.protocol)
    return tl::unexpected(protocol_problem(
      400, "malformed", "Offer the subprotocol " + std::string{rules.protocol} + ".", context));
  if (rules.deflate)
    out.extensions = agree_on_deflate(headers.combined("sec-websocket-extensions").value_or(""));
  out.accept = accept_key(key);
  return out;
}

std::string switching_protocols(const Handshake& handshake, std::string_view protocol,
                                std::string_view request_id) {
  std::string out = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade";
  out.append("\r\nSec-WebSocket-Accept: ").append(handshake.accept);
  if (handshake.protocol)
    out.append("\r\nSec-WebSocket-Protocol: ").append(protocol);
  if (!handshake.extensions.empty())
    out.append("\r\nSec-WebSocket-Extensions: ").append(handshake.extensions);
  out.append("\r\nX-Request-Id: ").append(request_id).append("\r\n\r\n");
  return out;
}

}  // namespace jobraker::net
