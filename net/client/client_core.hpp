#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "net/client/http_client.hpp"
#include "net/http/url.hpp"

namespace jobraker::net {

using ClientSocket = asio::basic_stream_socket<asio::ip::tcp, IoExecutor>;
using ClientTimer =
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;
using ClientClock = Context::Clock;
using Endpoints = std::vector<asio::ip::tcp::endpoint>;
using IoError = boost::system::error_code;

/// One call from its start to its end: what may interrupt it, and why it was.
struct Call {
  explicit Call(IoContext& io) : timer(io.get_executor()) {}

  ClientTimer timer;
  ClientClock::time_point deadline = ClientClock::time_point::max();
  bool timed_out = false;
  bool cancelled = false;
  std::function<void()> interrupt;  ///< ends the present wait

  bool stopped() const noexcept { return timed_out || cancelled; }
};

/// One wait of a call: while it lives, the call's deadline, `limit` and its cancellation end it.
class Step {
public:
  Step(std::shared_ptr<Call> call, std::chrono::milliseconds limit,
       std::function<void()> interrupt);
  ~Step();
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

private:
  std::shared_ptr<Call> call_;
};

/// Connections to one scheme, host and port.
struct Link;
struct Host {
  struct Waiter {
    ClientTimer* gate = nullptr;
    bool granted = false;
  };
  std::vector<std::unique_ptr<Link>> idle;
  std::list<Waiter*> waiting;
  std::size_t open = 0;

  /// Something became free: the next in the queue may look.
  void wake();
};

/// The right to have one connection open; gives it back when it goes.
class Slot {
public:
  explicit Slot(std::shared_ptr<Host> host) : host_(std::move(host)) { ++host_->open; }
  ~Slot() {
    --host_->open;
    host_->wake();
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

private:
  std::shared_ptr<Host> host_;
};

/// One connection, plain or TLS.
struct Link {
  Link(IoContext& io, std::unique_ptr<Slot> place)
      : slot(std::move(place)), socket(io.get_executor()), buffer(16 << 10) {}

  std::unique_ptr<Slot> slot;
  ClientSocket socket;
  std::unique_ptr<asio::ssl::stream<ClientSocket&>> tls;
  std::vector<char> buffer;
  asio::ip::address peer;
  ClientClock::time_point idle_since{};

  /// Whether the peer has neither closed it nor sent something nobody asked for.
  bool fresh();
  void close();
  /// Reads behind the first `have` bytes of the buffer.
  task<std::size_t> read_behind(std::size_t have, IoError& error);
  task<std::size_t> write(std::string_view bytes, IoError& error);
};

/// What the client's calls share.
struct HttpClient::Core : std::enable_shared_from_this<HttpClient::Core> {
  Core(IoContext& context, ClientSettings given)
      : io(context), settings(std::move(given)), evictor(context.get_executor()) {}

  IoContext& io;
  ClientSettings settings;
  std::optional<asio::ssl::context> tls;
  std::map<std::string, std::shared_ptr<Host>> hosts;
  ClientTimer evictor;
  bool evicting = false;
  bool closed = false;
  std::uint64_t made = 0;

  /// A kept connection, or a new one. `fresh`: a new one in any case. `reused` says which.
  task<Result<std::unique_ptr<Link>>> acquire(std::shared_ptr<Call> call, const Url& url,
                                              const AddressGuard& guard, bool fresh, bool& reused);
  /// Keeps a connection for later.
  void keep(const Url& url, std::unique_ptr<Link> link);

private:
  task<Done> wait_turn(std::shared_ptr<Call> call, Host& host, const std::string& name);
  task<Done> connect(std::shared_ptr<Call> call, const Url& url, const AddressGuard& guard,
                     Link& link);
  task<Result<Endpoints>> resolve(const Url& url, ClientClock::time_point end,
                                  std::shared_ptr<Call> call);
  task<Done> handshake(const Url& url, Link& link);
  Done load_authorities();
  void evict_later();
};

/// Why a call that stopped has stopped.
Error stopped_error(const Call& call, const std::string& host);

}  // namespace jobraker::net
