#include "net/http/server.hpp"

#include <cstring>
#include <ctime>
#include <random>

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <spdlog/spdlog.h>

#include "net/http/connection.hpp"
#include "net/http/log.hpp"
#include "net/http/server_core.hpp"
#include "net/ws/ws_session.hpp"

namespace jobraker::net {
namespace {

using IoError = boost::system::error_code;
using Tcp = asio::ip::tcp;

/// What a connection beyond the limit is told.
const std::string& refusal() {
  static const std::string text = [] {
    const std::string body = R"({"type":"urn:jobraker:problem:unavailable","title":"Too many )"
                             R"(connections","status":503,"code":"unavailable"})";
    return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
           "Retry-After: 1\r\nConnection: close\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }();
  return text;
}

/// Opens a listening socket; `shared` sets SO_REUSEPORT, by which several may have one port.
Result<TcpAcceptor> open_acceptor(IoContext& io, const Tcp::endpoint& at, bool shared) {
  TcpAcceptor acceptor{io.get_executor()};
  IoError error;
  acceptor.open(at.protocol(), error);
  if (!error)
    acceptor.set_option(asio::socket_base::reuse_address{true}, error);
  if (!error && shared) {
    const int on = 1;
    if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
      error.assign(errno, boost::system::system_category());
  }
  if (!error)
    acceptor.bind(at, error);
  if (!error && shared)
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    return fail(Errc::unavailable, "cannot listen on " + at.address().to_string() + " port " +
                                     std::to_string(at.port()) + ": " + error.message());
  return acceptor;
}

}  // namespace

Trace Worker::fresh_trace() noexcept {
  const auto next = [this] {
    random += 0x9E3779B97F4A7C15ULL;
    auto z = random;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  };
  Trace trace;
  const std::uint64_t words[3] = {next(), next(), next()};
  std::memcpy(trace.trace_id.data(), words, 16);
  std::memcpy(trace.parent_id.data(), words + 2, 8);
  return trace;
}

void Worker::tell_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[40];
  // The C locale's names: the program never sets another.
  date.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
}

Server::Server(std::vector<IoContext*> contexts, Router router, ServerSettings settings,
               Authenticate authenticate)
    : core_(std::make_shared<Core>()) {
  core_->router = std::move(router);
  core_->settings = std::move(settings);
  core_->authenticate = std::move(authenticate);
  core_->index = std::make_unique<const RouteIndex>(core_->router);
  std::random_device seed;
  for (auto* io : contexts) {
    auto worker = std::make_unique<Worker>();
    worker->io = io;
    worker->random = std::uint64_t{seed()} << 32 | seed();
    worker->tell_time();
    worker->traffic = std::make_unique<RouteTraffic>(core_->index->size());
    core_->workers.push_back(std::move(worker));
  }
}

Server::~Server() {
  core_->draining = true;
  for (auto& worker : core_->workers)
    asio::post(*worker->io, [core = core_, at = worker.get()] { stop_worker(*at, true); });
}

const Router& Server::router() const noexcept { return core_->router; }

Result<std::uint16_t> Server::listen(const std::string& host, std::uint16_t port) {
  IoError error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error || core_->workers.empty())
    return fail(Errc::invalid, "the server's host is a numeric address or localhost");
  // A probe without SO_REUSEPORT: a second server by mistake must be told, not share the port.
  Tcp::endpoint at{address, port};
  if (port != 0) {
    const auto probe = open_acceptor(*core_->workers.front()->io, at, false);
    if (!probe)
      return fail(probe.error());
  }
  std::vector<TcpAcceptor> acceptors;
  for (auto& worker : core_->workers) {
    auto acceptor = open_acceptor(*worker->io, at, true);
    if (!acceptor)
      return fail(std::move(acceptor.error()));
    at = acceptor->local_endpoint(error);
    acceptors.push_back(std::move(*acceptor));
  }
  for (std::size_t i = 0; i < acceptors.size(); ++i) {
    auto& worker = *core_->workers[i];
    asio::co_spawn(worker.io->get_executor(), accept_loop(core_, worker, std::move(acceptors[i])),
                   asio::detached);
    asio::co_spawn(worker.io->get_executor(), sweep_loop(core_, worker), asio::detached);
  }
  return at.port();
}

task<void> accept_loop(std::shared_ptr<Server::Core> core, Worker& worker, TcpAcceptor acceptor) {
  worker.acceptor = &acceptor;
  auto& counters = core->counters;
  while (!worker.stopping) {
    TcpSocket socket{worker.io->get_executor()};
    IoError error;
    co_await acceptor.async_accept(socket, asio::redirect_error(use_task, error));
    if (error == asio::error::operation_aborted || worker.stopping)
      break;
    if (error) {  // out of descriptors, most likely: closing ones will give some back
      log().warn("event=http.accept_failed reason=\"{}\"", error.message());
      SteadyTimer pause{worker.io->get_executor(), std::chrono::milliseconds{50}};
      co_await pause.async_wait(asio::redirect_error(use_task, error));
      continue;
    }
    if (counters.connections_open.load(std::memory_order_relaxed) >=
        core->settings.connections_max) {
      counters.refused.fetch_add(1, std::memory_order_relaxed);
      socket.non_blocking(true, error);
      socket.write_some(asio::buffer(refusal()), error);
      continue;
    }
    counters.connections.fetch_add(1, std::memory_order_relaxed);
    counters.connections_open.fetch_add(1, std::memory_order_relaxed);
    asio::co_spawn(worker.io->get_executor(), serve(core, worker, std::move(socket)),
                   asio::detached);
  }
  worker.acceptor = nullptr;
}

task<void> serve(std::shared_ptr<Server::Core> core, Worker& worker, TcpSocket socket) {
  Slot slot{*core};  // given back also when the frame is destroyed with its context
  Connection connection{*core, worker, std::move(socket), slot};
  try {
    co_await connection.run();
  } catch (const std::exception& error) {
    log().error("event=http.connection_failed what=\"{}\"", error.what());
  }
}

task<void> sweep_loop(std::shared_ptr<Server::Core> core, Worker& worker) {
  SteadyTimer timer{worker.io->get_executor()};
  worker.sweeper = &timer;
  while (!worker.stopping || !worker.connections.empty() || !worker.sessions.empty()) {
    timer.expires_after(core->settings.sweep);
    IoError error;
    co_await timer.async_wait(asio::redirect_error(use_task, error));
    worker.tell_time();
    const auto now = Context::Clock::now();
    for (auto* connection : worker.connections)
      connection->expire(now);
    // Sessions are many and wait for seconds: a tenth of them each time.
    sweep_sessions(worker, now, worker.sessions.size() / 10 + 1);
  }
  worker.sweeper = nullptr;
}

void stop_worker(Worker& worker, bool all) {
  worker.stopping = true;
  IoError ignored;
  if (worker.acceptor != nullptr)
    worker.acceptor->close(ignored);
  for (auto* connection : worker.connections) {
    if (all)
      connection->abort();
    else
      connection->stop_idle();
  }
  if (all) {
    while (!worker.sessions.empty())
      worker.sessions.back()->abort();
  } else {
    for (auto* session : worker.sessions)
      session->stop();
  }
  if (worker.sweeper != nullptr)
    worker.sweeper->cancel();
}

task<bool> Server::drain(Context::Clock::time_point deadline) {
  const auto core = core_;
  core->draining = true;
  const auto stop = [&](bool all) {
    for (auto& worker : core->workers)
      asio::post(*worker->io, [core, at = worker.get(), all] { stop_worker(*at, all); });
  };
  const auto open = [&] {
    return core->counters.connections_open.load() + core->counters.connections_left.load() > 0;
  };
  SteadyTimer timer{co_await asio::this_coro::executor};
  const auto wait_until = [&](Context::Clock::time_point end) -> task<void> {
    while (open() && Context::Clock::now() < end) {
      timer.expires_after(std::chrono::milliseconds{5});
      IoError ignored;
      co_await timer.async_wait(asio::redirect_error(use_task, ignored));
    }
  };
  stop(false);
  co_await wait_until(deadline);
  const bool clean = !open();
  log().info("event=http.drained clean={} cut={}", clean, core->counters.connections_open.load());
  if (!clean) {
    stop(true);
    // Handlers that still run notice at their next write; they get a moment, not a veto.
    co_await wait_until(Context::Clock::now() + std::chrono::milliseconds{500});
  }
  co_return clean;
}

std::vector<RouteFigures> Server::traffic() const {
  const auto& index = *core_->index;
  std::vector<RouteFigures> out(index.size() + 1);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i < index.size()) {
      out[i].method = to_string(index.at(i).method);
      out[i].pattern = index.at(i).pattern;
    }
    for (const auto& worker : core_->workers)
      worker->traffic->add_to(i, out[i]);
  }
  return out;
}

ServerCounters Server::counters() const {
  const auto& from = core_->counters;
  ServerCounters out;
  out.connections_open = from.connections_open.load(std::memory_order_relaxed);
  out.requests_running = from.requests_running.load(std::memory_order_relaxed);
  out.connections = from.connections.load(std::memory_order_relaxed);
  out.connections_refused = from.refused.load(std::memory_order_relaxed);
  out.requests = from.requests.load(std::memory_order_relaxed);
  out.timed_out = from.timed_out.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < from.answered.size(); ++i)
    out.answered[i] = from.answered[i].load(std::memory_order_relaxed);
  out.ws_open = from.ws_open.load(std::memory_order_relaxed);
  out.ws_opened = from.ws_opened.load(std::memory_order_relaxed);
  out.ws_received = from.ws_received.load(std::memory_order_relaxed);
  out.ws_sent = from.ws_sent.load(std::memory_order_relaxed);
  out.ws_writes = from.ws_writes.load(std::memory_order_relaxed);
  out.ws_slow = from.ws_slow.load(std::memory_order_relaxed);
  return out;
}

}  // namespace jobraker::net
