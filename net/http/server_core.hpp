#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/http/route_traffic.hpp"
#include "net/http/server.hpp"

namespace jobraker::net {

using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, IoExecutor>;
using TcpAcceptor = asio::basic_socket_acceptor<asio::ip::tcp, IoExecutor>;
using SteadyTimer =
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

class Connection;
class WsSession;

/// What one io thread knows of its connections. Touched by that thread only. Sockets, the acceptor
/// and the timer belong to coroutines of the thread, which leave their address here while they run:
/// so nothing of Asio's outlives its context, whoever is destroyed first.
struct Worker {
  IoContext* io = nullptr;
  std::vector<Connection*> connections;
  std::vector<WsSession*> sessions;  ///< connections that have become WebSockets
  std::size_t sweep_at = 0;          ///< whose turn it is among them
  TcpAcceptor* acceptor = nullptr;
  SteadyTimer* sweeper = nullptr;
  std::string date;                       ///< value of Date, renewed by the sweep
  std::uint64_t random = 0;               ///< state of the generator of trace ids
  std::unique_ptr<RouteTraffic> traffic;  ///< what was answered here
  bool stopping = false;                  ///< nothing new is accepted, idle connections go

  /// A new trace from this thread's generator (splitmix64, seeded by the system): ids must differ,
  /// they need not be secret, and a system call for each request would show.
  Trace fresh_trace() noexcept;
  /// Renews `date`.
  void tell_time();
};

/// What the server's parts share. Lives as long as a coroutine of it does.
struct Server::Core : std::enable_shared_from_this<Server::Core> {
  Router router;
  std::unique_ptr<const RouteIndex> index;  ///< of the router's routes
  ServerSettings settings;
  Authenticate authenticate;
  std::vector<std::unique_ptr<Worker>> workers;
  std::atomic<bool> draining{false};

  struct alignas(64) Counters {
    std::atomic<std::uint64_t> connections_open{0};
    std::atomic<std::uint64_t> connections_left{0};  ///< no peer any more, but a handler that runs
    std::atomic<std::uint64_t> requests_running{0};
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> timed_out{0};
    std::array<std::atomic<std::uint64_t>, 6> answered{};
    std::atomic<std::uint64_t> ws_open{0};
    std::atomic<std::uint64_t> ws_opened{0};
    std::atomic<std::uint64_t> ws_received{0};
    std::atomic<std::uint64_t> ws_sent{0};
    std::atomic<std::uint64_t> ws_writes{0};
    std::atomic<std::uint64_t> ws_slow{0};
  } counters;
};

/// A connection's place among those that may be open at once; given back at its end or, when its
/// peer has gone before its handler was done, at once. So that who comes and goes cannot have
/// handlers without number, no more than `connections_max` give it back before their end.
class Slot {
public:
  /// Takes over one that is counted in `connections_open`.
  explicit Slot(Server::Core& core) noexcept
      : core_(core), held_(&core.counters.connections_open) {}
  ~Slot() { held_->fetch_sub(1, std::memory_order_relaxed); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  /// The peer has gone.
  void leave() noexcept {
    auto& left = core_.counters.connections_left;
    if (held_ == &left)
      return;
    if (left.fetch_add(1, std::memory_order_relaxed) >= core_.settings.connections_max) {
      left.fetch_sub(1, std::memory_order_relaxed);
      return;
    }
    std::exchange(held_, &left)->fetch_sub(1, std::memory_order_relaxed);
  }

private:
  Server::Core& core_;
  std::atomic<std::uint64_t>* held_;
};

/// Serves one accepted socket to its end.
task<void> serve(std::shared_ptr<Server::Core> core, Worker& worker, TcpSocket socket);

/// Accepts on `acceptor` until the worker stops.
task<void> accept_loop(std::shared_ptr<Server::Core> core, Worker& worker, TcpAcceptor acceptor);

/// Looks at the deadlines of a worker's connections until the worker stops and none is left.
task<void> sweep_loop(std::shared_ptr<Server::Core> core, Worker& worker);

/// Stops a worker, on its thread: no acceptor, no idle connections; `all` closes every connection.
void stop_worker(Worker& worker, bool all);

}  // namespace jobraker::net
