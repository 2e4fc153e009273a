#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/context.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"
#include "net/http/route_traffic.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// What the server allows. Sizes are bytes.
struct ServerSettings {
  std::size_t header_max = 16 << 10;    ///< all header fields of a request; more is 431
  std::size_t target_max = 8 << 10;     ///< request target; more is 414
  std::size_t connections_max = 10000;  ///< open at once; the next is answered 503 and closed
  std::uint64_t requests_per_connection = 100000;  ///< the last one is answered `Connection: close`
  std::chrono::milliseconds header_timeout{10'000};   ///< from the first byte to the end of headers
  std::chrono::milliseconds body_timeout{30'000};     ///< for the body, and 1 s for each 32 KiB
                                                      ///< it announces; slower is 408
  std::chrono::milliseconds idle_timeout{75'000};     ///< between requests
  std::chrono::milliseconds write_timeout{30'000};    ///< for one write to be taken
  std::chrono::milliseconds request_timeout{30'000};  ///< deadline of routes without their own
  std::chrono::milliseconds sweep{100};     ///< how often deadlines are looked at: their precision
  std::vector<std::string> cors_origins{};  ///< `https://app.example`, or `*`; empty: no CORS
};

/// Finds out who asks, from the Authorization header for example. Called on the io thread before
/// the body is read, for routes that are not anonymous. Errc::unauthenticated becomes 401.
using Authenticate = std::function<Result<Principal>(const Request&)>;

/// A look at the server's counters. Sums since its start, but for the gauges.
struct ServerCounters {
  std::uint64_t connections_open = 0;  ///< gauge; WebSockets among them
  std::uint64_t requests_running = 0;  ///< gauge: handlers that have not answered
  std::uint64_t connections = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t requests = 0;
  std::uint64_t answered[6] = {};  ///< by status class: [2] is 2xx
  std::uint64_t timed_out = 0;     ///< connections ended by a time-out of ours
  std::uint64_t ws_open = 0;       ///< gauge: WebSockets
  std::uint64_t ws_opened = 0;
  std::uint64_t ws_received = 0;  ///< messages, those refused for their rate among them
  std::uint64_t ws_sent = 0;      ///< messages
  std::uint64_t ws_writes = 0;    ///< system calls it took to send them
  std::uint64_t ws_slow = 0;      ///< closed with 4008: they did not read what was sent
};

/// An HTTP/1.1 server (RFC 9112) on the given contexts, each run by exactly one thread. Every
/// context has an acceptor of its own (SO_REUSEPORT) and the connections the kernel gives it.
/// Responses carry `x-request-id`; errors are problem+json with the trace id. TLS is the proxy's.
class Server {
public:
  Server(std::vector<IoContext*> contexts, Router router, ServerSettings settings = {},
         Authenticate authenticate = {});
  /// Closes what is open, without waiting. Before the contexts are destroyed. Connections end on
  /// their own threads afterwards; what the handlers refer to must live until the contexts have
  /// stopped.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Starts to accept on a numeric address or `localhost`; answers the port (useful with 0).
  /// Errc::invalid for an address it cannot read, Errc::unavailable when it cannot be bound.
  /// Call it once, before or while the contexts run.
  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);

  /// Stops accepting, closes idle connections, says goodbye to WebSockets (1012) and streamed
  /// bodies that watch for it, lets running requests finish (`Connection: close`) and at the
  /// deadline closes the rest. True when nothing had to be cut. Safe to call twice.
  task<bool> drain(Context::Clock::time_point deadline);

  ServerCounters counters() const;
  /// By route, in the order of the router; at last what no route matched. From any thread.
  std::vector<RouteFigures> traffic() const;
  const Router& router() const noexcept;

  struct Core;

private:
  std::shared_ptr<Core> core_;
};

}  // namespace jobraker::net
