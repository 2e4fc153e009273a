#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <spdlog/spdlog.h>

#include "messages/spans.hpp"
#include "net/http/connection.hpp"
#include "net/http/cors.hpp"
#include "net/http/log.hpp"
#include "net/http/response_writer.hpp"

namespace jobraker::net {
namespace {

using IoError = boost::system::error_code;

/// Bodies up to this are copied behind their header: one buffer is cheaper than two.
constexpr std::size_t joined_max = 4096;
constexpr std::chrono::milliseconds linger_time{2000};
constexpr std::size_t linger_bytes = 1 << 20;

}  // namespace

task<bool> Connection::send(Response& response, bool keep) {
  add_cors(core_.settings.cors_origins, request_, response);
  const bool head = request_.method == Method::head && reader_.header_done();
  const bool http_1_1 = !reader_.header_done() || reader_.http_1_1();
  out_.clear();
  write_head(out_, response, {worker_.date, request_.request_id, keep, http_1_1, head});
  const auto status_class = std::clamp(response.status / 100, 0, 5);
  core_.counters.requests.fetch_add(1, std::memory_order_relaxed);
  core_.counters.answered[static_cast<std::size_t>(status_class)].fetch_add(
    1, std::memory_order_relaxed);
  worker_.traffic->count(core_.index->of(request_.route), response.status, Clock::now() - started_);
  bool sent = false;
  std::string_view body = head || !may_have_body(response.status) ? "" : response.bytes();
  if (body.size() <= joined_max) {
    out_.append(body);
    body = {};
  }
  enter(Phase::writing, core_.settings.write_timeout);
  sent = co_await write_all(out_, body);
  auto* next = std::get_if<BodyProducer>(&response.body);
  if (sent && next != nullptr && !head && may_have_body(response.status)) {
    watch_ = response.watch;
    if (watch_ && worker_.stopping)
      watch_->draining();
    if (watch_)
      watch_peer();
    // Without chunks only the end of the connection tells the end of the body.
    sent = co_await send_stream(*next, http_1_1) && http_1_1;
    watch_.reset();
    end_watch();
  }
  log_access(response);
  co_return sent;
}

task<bool> Connection::send_stream(BodyProducer& next, bool chunked) {
  while (true) {
    phase_ = Phase::handling;
    deadline_ = Clock::time_point::max();
    Result<std::optional<std::string>> piece;
    try {
      piece = co_await next();
    } catch (const std::exception& error) {
      piece = fail(Errc::internal, error.what());
    }
    if (peer_left_)
      co_return false;
    if (!piece) {  // the missing last chunk tells the peer that this is not all
      log().warn("event=http.stream_cut code={} trace={} what=\"{}\"",
                 to_string(piece.error().code), request_.context.trace.id(), piece.error().detail);
      co_return false;
    }
    out_.clear();
    if (!*piece)
      out_.append(chunked ? last_chunk : std::string_view{});
    else if (chunked)
      write_chunk(out_, **piece);
    else
      out_.append(**piece);
    enter(Phase::writing, core_.settings.write_timeout);
    if (!out_.empty() && !co_await write_all(out_, {}))
      co_return false;
    if (!*piece)
      co_return true;
  }
}

void Connection::watch_if_slow() {
  constexpr std::chrono::milliseconds quick{1000};
  enter(Phase::handling, quick);
}

void Connection::watch_peer() {
  if (!watching_)
    watching_ = std::make_shared<bool>(true);
  socket_.async_wait(asio::socket_base::wait_read,
                     [this, watching = std::weak_ptr{watching_}](const IoError& error) {
                       if (!error && !watching.expired())
                         peer_spoke();
                     });
}

Response Connection::nobody_reads() {
  Response response;
  response.status = 499;
  return response;
}

void Connection::end_watch() {
  if (!std::exchange(watching_, nullptr))
    return;
  IoError ignored;
  socket_.cancel(ignored);
}

/// What comes before all has been answered is the next request, or the end. A peer that says more
/// than the buffer holds is not listened to before it has its answer.
void Connection::peer_spoke() {
  if (begin_ == end_)
    begin_ = end_ = 0;
  if (end_ == buffer_.size())
    return;
  IoError error;
  const auto count =
    socket_.read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_), error);
  end_ += count;
  if (count > 0 || error == asio::error::would_block || error == asio::error::interrupted)
    return watch_peer();
  peer_left();
}

/// The handler goes on: what it has begun is not left half done. Only its answer has nobody to
/// read it, and the next connection need not wait for its end.
void Connection::peer_left() {
  peer_left_ = true;
  if (watch_)
    return watch_->peer_gone();
  slot_.leave();
  IoError ignored;
  socket_.close(ignored);
}

task<bool> Connection::write_all(std::string_view head, std::string_view body) {
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
  IoError error;
  std::size_t sent =
    body.empty() ? socket_.write_some(buffers[0], error) : socket_.write_some(buffers, error);
  if (!error && sent == head.size() + body.size())
    co_return true;
  while (!error || error == asio::error::would_block || error == asio::error::interrupted) {
    // The rest, whatever is left of each, when the kernel has room.
    const auto first = std::min(sent, head.size());
    buffers[0] = asio::buffer(head.substr(first));
    buffers[1] = asio::buffer(body.substr(sent - first));
    if (sent == head.size() + body.size())
      co_return true;
    error = {};
    sent += co_await socket_.async_write_some(buffers, asio::redirect_error(use_task, error));
    // Each write that gets through earns new time: a slow reader is fine, a dead one is not.
    if (!error)
      deadline_ = Clock::now() + core_.settings.write_timeout;
  }
  co_return false;
}

task<void> Connection::linger() {
  IoError error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  enter(Phase::lingering, linger_time);
  std::size_t read = end_ - begin_;
  while (!error && read < linger_bytes && !worker_.stopping)
    read += co_await socket_.async_read_some(asio::buffer(buffer_),
                                             asio::redirect_error(use_task, error));
}

void Connection::record_request(int status) const {
  Span span;
  span.id = span_id_of(request_.context.trace);
  span.trace = request_.context.trace.trace_id;
  span.began_ns =
    std::chrono::duration_cast<std::chrono::nanoseconds>(started_.time_since_epoch()).count();
  span.run_ns = static_cast<std::uint64_t>(steady_nanoseconds() - span.began_ns);
  span.name = request_.route->span_name;
  span.kind = SpanKind::request;
  span.failed = status >= 500;
  record_span(span, static_cast<unsigned>(SpanKind::request));
}

void Connection::log_access(const Response& response) {
  auto& logger = log();
  if (!logger.should_log(spdlog::level::debug))
    return;
  const auto taken = std::chrono::duration<double, std::milli>(Clock::now() - started_);
  const auto& user = request_.context.principal.user;
  logger.debug("event=http.request method={} route={} status={} ms={:.3f} bytes={} trace={} "
               "principal={}",
               to_string(request_.method),
               request_.route != nullptr ? std::string_view{request_.route->pattern} : "-",
               response.status, taken.count(), response.bytes().size(), request_.context.trace.id(),
               user ? to_string(user) : "-");
}

}  // namespace jobraker::net
