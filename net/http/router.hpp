#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/session.hpp"
#include "net/http/message.hpp"
#include "net/ws/ws_settings.hpp"

namespace jobraker::net {

/// Who may call a route.
enum class Access : std::uint8_t {
  anonymous,  ///< everybody; no credentials are looked at
  user,       ///< every known caller
  admin,      ///< callers whose role is admin
};

/// What a handler is: a coroutine on the connection's io thread. The request outlives the call and
/// the response's body producer. It must not block; what it awaits should keep to
/// `request.context.deadline`.
using Handler = std::function<task<Response>(Request&)>;

/// What the server holds a request against before the handler sees it.
struct RouteOptions {
  std::string name{};                   ///< operation id: in logs, metrics, openapi.json
  Access access = Access::user;         ///< 401, 403
  std::uint64_t body_max = 1 << 20;     ///< bytes; more is 413
  std::chrono::milliseconds budget{0};  ///< deadline of the request; 0: the server's setting
  std::vector<std::string> accepts{};   ///< media types of the body, else 415; empty: any
};

/// Whose one-time ticket this is; from then on nobody's. Errc::unauthenticated becomes 401.
using RedeemTicket = std::function<task<Result<Principal>>(std::string ticket)>;

/// A WebSocket endpoint. Who connects is found out during the handshake, in this order: the
/// `Authorization` header, a subprotocol `jobraker.auth.<token>` beside `protocol`, a query
/// `?ticket=…`; none of them is 401. A browser's `Origin` must be one of `origins` or the server's
/// own (`http(s)://<Host>`), else 403; no Origin, as native clients have none, is fine, since a
/// cookie never counts.
struct WsOptions {
  std::string name{};                    ///< operation id: in logs, metrics, openapi.json
  Access access = Access::user;          ///< 401, 403
  std::chrono::milliseconds budget{0};   ///< deadline of the opening; 0: the server's setting
  std::string protocol = "jobraker.v1";  ///< a client that offers subprotocols must offer this one
  OpenSession open{};                    ///< must be there
  std::vector<std::string> origins{};    ///< `https://app.example`, matched exactly
  RedeemTicket redeem{};                 ///< empty: tickets do not count
  WsSettings settings{};
};

/// One line of the surface.
struct Route {
  Method method = Method::get;
  std::string pattern;
  RouteOptions options;
  Handler handler;
  std::string_view span_name{};                  ///< of its requests' spans: `GET /jobs/{id}`
  std::vector<std::string> parameters;           ///< names in the pattern, in order
  std::unique_ptr<const WsOptions> websocket{};  ///< of a route for WebSockets; its method is GET
};

/// What a path and method lead to.
struct RouteMatch {
  enum class Kind : std::uint8_t { found, no_path, no_method };
  Kind kind = Kind::no_path;
  const Route* route = nullptr;  ///< when found
  std::string allow;             ///< value of `Allow` when the path exists but not the method
};

/// Splits a raw (still encoded) path at its slashes and decodes each part. False when it does not
/// start with a slash, holds a broken percent escape, a NUL or bytes that are not UTF-8.
bool split_path(std::string_view raw_path, std::vector<std::string>& segments);

/// The table from paths to handlers. Patterns are fixed segments and parameters: `/jobs/{id}`; a
/// last `{rest...}` takes what is left, slashes included. A fixed segment is preferred over a
/// parameter, whatever the order of registration. HEAD is answered by GET, OPTIONS by the server.
/// A parameter matches neither an empty segment nor `.` or `..`.
class Router {
public:
  Router() = default;

  Router& get(std::string pattern, Handler handler, RouteOptions options = {});
  Router& post(std::string pattern, Handler handler, RouteOptions options = {});
  Router& put(std::string pattern, Handler handler, RouteOptions options = {});
  Router& patch(std::string pattern, Handler handler, RouteOptions options = {});
  Router& del(std::string pattern, Handler handler, RouteOptions options = {});
  /// A GET route that is a WebSocket; a plain GET is answered 426. Throws as `add` does, and when
  /// there is no `options.open`.
  Router& ws(std::string pattern, WsOptions options);
  /// Throws std::logic_error for a pattern that is broken or already there: a fault of the program.
  Router& add(Method method, std::string pattern, Handler handler, RouteOptions options = {});

  /// Looks a path up; fills `parameters` (cleared before) when a route was found.
  RouteMatch match(Method method, const std::vector<std::string>& segments,
                   Parameters& parameters) const;

  /// Every route in order of registration; a test holds them against openapi.json.
  std::vector<const Route*> routes() const;

private:
  Route& insert(Method method, std::string pattern, Handler handler, RouteOptions options);

  struct Node {
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> fixed;
    std::unique_ptr<Node> parameter;
    std::array<const Route*, method_count> here{};
    std::array<const Route*, method_count> rest{};  ///< routes that end in `{name...}` here
  };
  struct Walk;

  static bool any(const std::array<const Route*, method_count>& routes) noexcept;
  static bool find(const Node& node, std::size_t depth, Walk& walk);

  std::vector<std::unique_ptr<Route>> routes_;
  Node root_;
};

}  // namespace jobraker::net
