#include "net/http/connection.hpp"

#include <algorithm>
#include <cstring>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <spdlog/spdlog.h>

#include "messages/spans.hpp"
#include "net/http/cors.hpp"
#include "net/http/log.hpp"
#include "net/http/problem.hpp"

namespace jobraker::net {
namespace {

using IoError = boost::system::error_code;

/// A refused body up to this is read and dropped, so that the connection can go on.
constexpr std::uint64_t dropped_max = 64 << 10;
/// What a connection keeps of its buffers between requests.
constexpr std::size_t kept_max = 64 << 10;
/// Receive buffer of a connection that has sent a body; before that it has a quarter.
constexpr std::size_t body_buffer = 16 << 10;

bool is_sane_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' ||
           c == '_' || c == '.' || c == ':' || c == '/' || c == '+' || c == '=';
  });
}

Response too_large(std::uint64_t limit, const Context& context) {
  return problem(
    Error{Errc::too_large, "The body is longer than " + std::to_string(limit) + " bytes.", {}, {}},
    context);
}

}  // namespace

Connection::Connection(Server::Core& core, Worker& worker, TcpSocket socket, Slot& slot)
    : core_(core), worker_(worker), socket_(std::move(socket)), slot_(slot),
      index_(worker.connections.size()), buffer_(4096) {
  worker_.connections.push_back(this);
  IoError ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  request_.remote = peer.address().to_string();
}

Connection::~Connection() {
  worker_.connections[index_] = worker_.connections.back();
  worker_.connections[index_]->index_ = index_;
  worker_.connections.pop_back();
}

void Connection::enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  timed_out_ = false;
  overlong_ = false;
  deadline_ = Clock::now() + limit;
}

void Connection::expire(Clock::time_point now) {
  if (now < deadline_)
    return;
  deadline_ = Clock::time_point::max();
  if (phase_ == Phase::handling)
    return watch_peer();
  timed_out_ = true;
  core_.counters.timed_out.fetch_add(1, std::memory_order_relaxed);
  IoError ignored;
  socket_.cancel(ignored);
}

void Connection::stop_idle() {
  if (watch_)
    watch_->draining();
  if (phase_ != Phase::idle)
    return;
  IoError ignored;
  socket_.cancel(ignored);
}

void Connection::abort() {
  IoError ignored;
  socket_.close(ignored);
}

std::string_view Connection::unread() const noexcept {
  return {buffer_.data() + begin_, end_ - begin_};
}

task<bool> Connection::fill() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (phase_ == Phase::body && buffer_.size() < body_buffer)
      buffer_.resize(body_buffer);
  } else if (end_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  // What does not fit holds a header line (or chunk line) longer than the reader's limit.
  const std::size_t capacity_max = core_.settings.header_max + core_.settings.target_max + 4096;
  if (end_ == buffer_.size()) {
    if (buffer_.size() >= capacity_max) {
      overlong_ = true;
      co_return false;
    }
    buffer_.resize(std::min(buffer_.size() * 2, capacity_max));
  }
  IoError error;
  const auto count =
    co_await socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                                     asio::redirect_error(use_task, error));
  end_ += count;
  co_return !error && count > 0;
}

/// True once a header, or the reason to refuse one, is there.
task<bool> Connection::read_header() {
  if (request_.body.capacity() > kept_max)  // an idle connection does not sit on an upload
    request_.body = std::string{};
  if (out_.capacity() > kept_max)
    out_ = std::string{};
  reader_.start(request_, core_.settings.header_max, core_.settings.target_max);
  enter(Phase::idle, core_.settings.idle_timeout);
  while (true) {
    if (begin_ != end_) {
      if (phase_ == Phase::idle)
        enter(Phase::header, core_.settings.header_timeout);
      begin_ += reader_.feed(unread());
      if (reader_.header_done() || reader_.refusal())
        co_return true;
    } else if (phase_ == Phase::idle && worker_.stopping) {
      co_return false;
    }
    if (!co_await fill())
      co_return false;
  }
}

task<void> Connection::run() {
  while (true) {
    Next next = Next::close;
    const bool ready = co_await read_header();
    started_ = Clock::now();
    if (ready) {
      ++served_;
      next = reader_.refusal() ? co_await refuse() : co_await answer();
    } else if (timed_out_ && phase_ == Phase::header) {
      identify();
      auto response =
        slow_request("The request's header did not arrive in time.", request_.context);
      next = co_await send(response, false) ? Next::linger : Next::close;
    }
    if (next == Next::linger)
      co_await linger();
    if (next != Next::keep)
      co_return;
  }
}

/// Gives the request its trace and id.
void Connection::identify() {
  const auto parent = request_.headers.get("traceparent");
  const auto trace = parent ? Trace::parse(*parent) : std::nullopt;
  const auto fresh = worker_.fresh_trace();
  request_.context.trace = fresh;
  if (trace) {  // the caller's trace, with a parent id of ours for what comes below
    request_.context.trace = *trace;
    request_.context.trace.parent_id = fresh.parent_id;
  }
  const auto id = request_.headers.get("x-request-id");
  if (id && is_sane_id(*id))
    request_.request_id.assign(*id);
  else
    request_.request_id = request_.context.trace.id();
}

/// A request that cannot be read: nothing behind it can be either.
task<Connection::Next> Connection::refuse() {
  if (request_.request_id.empty())
    identify();
  const auto refusal = *reader_.refusal();
  auto response =
    refusal.status == 413
      ? too_large(request_.route != nullptr ? request_.route->options.body_max : 0,
                  request_.context)
      : protocol_problem(refusal.status, refusal.code, refusal.detail, request_.context);
  co_return co_await send(response, false) ? Next::linger : Next::close;
}

/// What can be said from the header alone; `proceed` when the handler is to be asked.
Response Connection::early_answer(bool& proceed) {
  proceed = false;
  const auto& context = request_.context;
  if (request_.method == Method::options && request_.path == "*")
    return Response::no_content();
  auto match = core_.router.match(request_.method, request_.segments, request_.path_parameters);
  if (match.kind == RouteMatch::Kind::no_path)
    return problem(Error{Errc::not_found, "There is nothing at this path.", {}, {}}, context);
  if (match.kind == RouteMatch::Kind::no_method) {
    if (request_.method != Method::options)
      return method_not_allowed(match.allow, context);
    const auto origin = request_.headers.value("origin");
    if (request_.headers.contains("access-control-request-method") &&
        !allowed_origin(core_.settings.cors_origins, origin).empty())
      return preflight(match.allow);
    auto response = Response::no_content();
    response.headers.add("Allow", match.allow);
    return response;
  }
  request_.route = match.route;
  const auto& options = match.route->options;
  if (options.access != Access::anonymous) {
    auto who = core_.authenticate
                 ? core_.authenticate(request_)
                 : Result<Principal>{fail(Errc::unauthenticated, "Credentials are needed.")};
    if (!who)
      return problem(who.error(), context);
    if (options.access == Access::admin && who->role != Role::admin)
      return problem(Error{Errc::forbidden, "Only administrators may do this.", {}, {}}, context);
    request_.context.principal = *who;
  }
  const auto length = reader_.content_length();
  const bool has_body = reader_.chunked() || length.value_or(0) > 0;
  if (has_body && !options.accepts.empty()) {
    const auto type = request_.media_type();
    if (std::find(options.accepts.begin(), options.accepts.end(), type) == options.accepts.end()) {
      std::string wanted;
      for (const auto& name : options.accepts)
        wanted.append(wanted.empty() ? "" : " or ").append(name);
      return problem(Error{Errc::unsupported_media, "Send " + wanted + ".", {}, {}}, context);
    }
  }
  if (length.value_or(0) > options.body_max)
    return too_large(options.body_max, context);
  const auto expect = request_.headers.get("expect");
  if (expect && reader_.http_1_1() && !same_token(*expect, "100-continue"))
    return protocol_problem(417, "expectation_failed", "Only 100-continue can be expected.",
                            context);
  proceed = true;
  return {};
}

/// True when the whole body is in the request.
task<bool> Connection::read_body() {
  // Who announces much gets time for it: a second for each 32 KiB, on top of the setting.
  const auto announced = std::min(reader_.content_length().value_or(0),
                                  request_.route != nullptr ? request_.route->options.body_max : 0);
  enter(Phase::body,
        core_.settings.body_timeout + std::chrono::milliseconds{announced * 1000 / (32 << 10)});
  while (!reader_.done()) {
    if (begin_ != end_) {
      begin_ += reader_.feed(unread());
      if (reader_.refusal())
        co_return false;
      if (reader_.done())
        break;
    }
    if (!co_await fill())
      co_return false;
  }
  co_return true;
}

task<Connection::Next> Connection::answer() {
  identify();
  const bool wants_continue =
    reader_.http_1_1() && same_token(request_.headers.value("expect"), "100-continue");
  bool proceed = false;
  auto response = early_answer(proceed);
  bool keep = reader_.keep_alive() && !core_.draining.load(std::memory_order_relaxed) &&
              served_ < core_.settings.requests_per_connection;
  if (!proceed && !reader_.done()) {
    // The refused body: a short one is read past, a long or withheld one costs the connection.
    reader_.body_max(dropped_max);
    keep = keep && !request_.headers.contains("expect") &&
           reader_.content_length().value_or(dropped_max + 1) <= dropped_max;
    if (!keep) {
      request_.body.clear();
      co_return co_await send(response, false) ? Next::linger : Next::close;
    }
  } else if (proceed) {
    reader_.body_max(request_.route->options.body_max);
  }
  if (!reader_.done()) {
    if (wants_continue && begin_ == end_ &&
        !co_await write_all("HTTP/1.1 100 Continue\r\n\r\n", {}))
      co_return Next::close;
    if (!co_await read_body()) {
      if (reader_.refusal())
        co_return co_await refuse();
      if (!timed_out_ && !overlong_)
        co_return Next::close;
      auto refusal = timed_out_
                       ? slow_request("The request's body came too slowly.", request_.context)
                       : protocol_problem(431, "headers_too_large",
                                          "A chunk extension or the trailer fields are too long.",
                                          request_.context);
      co_return co_await send(refusal, false) ? Next::linger : Next::close;
    }
  }
  if (proceed && request_.route->websocket && request_.method == Method::get)
    co_return co_await upgrade(keep);
  if (proceed) {
    watch_if_slow();
    response = co_await handle();
    end_watch();
    keep = keep && !core_.draining.load(std::memory_order_relaxed);
  }
  if (peer_left_)
    response = nobody_reads();
  const bool sent = co_await send(response, keep);
  if (proceed)
    record_request(response.status);
  if (!sent)
    co_return Next::close;
  co_return keep ? Next::keep : Next::linger;
}

task<Response> Connection::handle() {
  const auto& route = *request_.route;
  const auto budget =
    route.options.budget.count() > 0 ? route.options.budget : core_.settings.request_timeout;
  request_.context.deadline = Clock::now() + budget;
  const auto& trace = request_.context.trace;
  current_cause() = Cause{trace.trace_id, span_id_of(trace), 0, request_.context.principal.user};
  auto& running = core_.counters.requests_running;
  running.fetch_add(1, std::memory_order_relaxed);
  Response response;
  std::string fault;
  try {
    response = co_await route.handler(request_);
  } catch (const std::exception& error) {
    fault = error.what();
    if (fault.empty())
      fault = "exception without text";
  } catch (...) {
    fault = "unknown exception";
  }
  running.fetch_sub(1, std::memory_order_relaxed);
  if (!fault.empty()) {
    log().error("event=http.handler_threw route={} trace={} what=\"{}\"", route.pattern,
                request_.context.trace.id(), fault);
    response = problem(Error{}, request_.context);
  }
  co_return response;
}

}  // namespace jobraker::net
