#include "net/ws/ws_session.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "messages/json.hpp"
#include "net/http/log.hpp"
#include "net/ws/deflate.hpp"

namespace jobraker::net {
namespace {

using IoError = boost::system::error_code;

/// What is read at once, and written at once.
constexpr std::size_t read_size = 16 << 10;
constexpr std::size_t batch_max = 64 << 10;
/// A frame from this size on is not copied into the batch.
constexpr std::size_t large_frame = 16 << 10;
/// Reads, and batches, of one session before it is the next one's turn.
constexpr int turns_max = 8;
/// Pongs that wait beyond this are left out (RFC 6455 §5.5.3 asks for the latest only).
constexpr std::size_t control_max = 1024;
/// What an idle session keeps.
constexpr std::size_t kept_frames = 32;

/// The thread's buffers: used within one call, never across a wait.
std::array<char, read_size>& read_buffer() {
  thread_local std::array<char, read_size> buffer;
  return buffer;
}
std::string& write_buffer() {
  thread_local std::string buffer;
  buffer.clear();
  return buffer;
}

}  // namespace

WsSession::WsSession(std::shared_ptr<Server::Core> core, Worker& worker, const WsSettings& settings,
                     bool deflate)
    : core_(std::move(core)), worker_(worker), settings_(settings),
      link_(std::make_shared<QueuedLink>(worker.io->get_executor(), settings.high_water,
                                         settings.queue_max)),
      reader_(settings.message_max, deflate), tokens_(settings.frames_burst), deflate_(deflate) {}

WsSession::~WsSession() { finish(final_code()); }

void WsSession::tell(std::shared_ptr<SessionPort> port, const Trace& trace) {
  port_ = std::move(port);
  trace_ = trace;
}

void WsSession::begin(TcpSocket socket, std::string_view early) {
  socket_.emplace(std::move(socket));
  IoError ignored;
  if (settings_.send_buffer != 0)
    socket_->set_option(
      asio::socket_base::send_buffer_size{static_cast<int>(settings_.send_buffer)}, ignored);
  live_ = true;
  index_ = worker_.sessions.size();
  worker_.sessions.push_back(this);
  auto& counters = core_->counters;
  counters.connections_open.fetch_add(1, std::memory_order_relaxed);
  counters.ws_open.fetch_add(1, std::memory_order_relaxed);
  counters.ws_opened.fetch_add(1, std::memory_order_relaxed);
  heard_ = Clock::now();
  link_->attach(*this);
  if (worker_.stopping)
    stop();
  consume(early);
  flush();
  if (live_)
    wait_readable();
}

void WsSession::finish(std::uint16_t code) {
  if (live_) {
    live_ = false;
    worker_.sessions[index_] = worker_.sessions.back();
    worker_.sessions[index_]->index_ = index_;
    worker_.sessions.pop_back();
    auto& counters = core_->counters;
    counters.connections_open.fetch_sub(1, std::memory_order_relaxed);
    counters.ws_open.fetch_sub(1, std::memory_order_relaxed);
    if (code == close_code::slow_reader)
      counters.ws_slow.fetch_add(1, std::memory_order_relaxed);
    IoError ignored;
    socket_->close(ignored);
    log().debug("event=ws.closed code={} trace={}", code, trace_.id());
  }
  link_->detach();
  frames_ = {};
  large_.reset();
  if (const auto port = std::exchange(port_, nullptr))
    port->closed(code);
}

std::uint16_t WsSession::final_code() const {
  return ending_ ? ending_->code : close_code::abnormal;
}

void WsSession::abort() { finish(final_code()); }

void WsSession::stop() {
  link_->send(goodbye_frame(settings_.goodbye_spread), "goodbye", {});
  link_->close(close_code::restart, "the server restarts");
}

void WsSession::expire(Clock::time_point now) {
  if (now >= deadline_) {
    core_->counters.timed_out.fetch_add(1, std::memory_order_relaxed);
    return finish(final_code());
  }
  const auto silence = now - heard_;
  if (silence < settings_.ping_after || ending_)
    return;
  if (silence >= 2 * settings_.ping_after) {
    core_->counters.timed_out.fetch_add(1, std::memory_order_relaxed);
    return finish(close_code::abnormal);
  }
  if (std::exchange(pinged_, true))
    return;
  append_frame_header(control_, Opcode::ping, 0);
  flush();
}

void sweep_sessions(Worker& worker, Context::Clock::time_point now, std::size_t count) {
  for (; count > 0 && !worker.sessions.empty(); --count) {
    if (worker.sweep_at >= worker.sessions.size())
      worker.sweep_at = 0;
    worker.sessions[worker.sweep_at++]->expire(now);
  }
}

// What comes in

void WsSession::wait_readable() {
  socket_->async_wait(asio::socket_base::wait_read,
                      [self = shared_from_this()](const IoError& error) {
                        if (!self->live_)
                          return;
                        if (error)
                          return self->finish(self->final_code());
                        self->on_readable();
                      });
}

void WsSession::on_readable() {
  auto& buffer = read_buffer();
  for (int turn = 0; turn < turns_max; ++turn) {
    IoError error;
    const auto count = socket_->read_some(asio::buffer(buffer), error);
    if (error == asio::error::would_block || error == asio::error::interrupted)
      break;
    if (error || count == 0)
      return finish(final_code());
    consume({buffer.data(), count});
    if (!live_)
      return;
    if (count < buffer.size())
      break;
  }
  flush();
  if (live_)
    wait_readable();
}

void WsSession::consume(std::string_view bytes) {
  if (bytes.empty())
    return;
  const auto now = Clock::now();
  const auto passed = std::chrono::duration<double>(now - heard_).count();
  tokens_ = std::min(settings_.frames_burst, tokens_ + passed * settings_.frames_per_second);
  heard_ = now;
  pinged_ = false;
  while (live_) {
    auto event = reader_.next(bytes);
    if (!event)
      return;
    hear(std::move(*event));
  }
}

void WsSession::hear(WsEvent event) {
  using Kind = WsEvent::Kind;
  if (event.kind == Kind::close) {
    peer_closed_ = true;
    if (close_sent_)
      return finish(final_code());
    return close_with(event.code, {});
  }
  if (ending_)
    return;  // it may be on its way since before the peer saw our Close
  switch (event.kind) {
  case Kind::text:
    return hear_text(std::move(event.payload), event.cost);
  case Kind::ping:
    if (charge(event.cost) && control_.size() < control_max) {
      append_frame_header(control_, Opcode::pong, event.payload.size());
      control_.append(event.payload);
    }
    return;
  case Kind::pong:
    charge(event.cost);
    return;
  case Kind::fault:
  case Kind::close:
    return close_with(event.code, event.payload);
  }
}

void WsSession::hear_text(std::string text, std::uint32_t cost) {
  core_->counters.ws_received.fetch_add(1, std::memory_order_relaxed);
  if (charge(cost)) {
    if (port_)
      port_->received(std::move(text));
    return;
  }
  if (ending_)
    return;
  const auto wait = (static_cast<double>(cost) - tokens_) / settings_.frames_per_second;
  json::Writer out;
  out.begin_object()
    .member("type", "error")
    .member("code", "rate_limited")
    .member("detail", "Too many messages; this one was not read.")
    .member("retry_in_ms", static_cast<std::int64_t>(wait * 1000) + 1)
    .end_object();
  link_->send(std::make_shared<const std::string>(out.text()), "error", {});
}

/// Takes from the bucket. What is refused is told; who does not rest meanwhile is sent away.
bool WsSession::charge(std::uint32_t cost) {
  if (tokens_ >= cost || (cost > settings_.frames_burst && tokens_ >= settings_.frames_burst)) {
    if (tokens_ >= settings_.frames_burst / 2)
      refused_ = 0;
    tokens_ -= cost;
    return true;
  }
  if (++refused_ > settings_.refusals_max)
    close_with(close_code::too_fast, "too many messages");
  return false;
}

// What goes out

void WsSession::link_changed() { flush(); }

void WsSession::close_with(std::uint16_t code, std::string_view reason) {
  if (ending_)
    return;
  ending_ = std::make_unique<const Ending>(Ending{code, std::string{reason}, true});
  link_->detach();
  frames_ = {};
  next_frame_ = 0;
}

void WsSession::flush() {
  if (!live_ || writing_)
    return;
  for (int turn = 0; turn < turns_max; ++turn) {
    auto& out = write_buffer();
    compose(out);
    if (out.empty())
      return;
    if (!write(out))
      return;
    batch_sent();
    if (!live_)
      return;
  }
  asio::post(worker_.io->get_executor(), [self = shared_from_this()] { self->flush(); });
}

void WsSession::compose(std::string& out) {
  if (close_composed_)
    return;
  out.append(control_);
  control_.clear();
  if (!ending_) {
    if (auto ending = link_->ending()) {
      if (ending->drop) {
        frames_ = {};
        next_frame_ = 0;
      }
      ending_ = std::make_unique<const Ending>(std::move(*ending));
    }
  }
  while (out.size() < batch_max && !large_) {
    if (next_frame_ == frames_.size()) {
      next_frame_ = 0;
      if (frames_.capacity() > kept_frames)
        frames_ = {};
      frames_.clear();
      if (!link_->take(frames_))
        break;
    }
    append_frame(out, std::move(frames_[next_frame_++]));
  }
  if (ending_ && !large_ && out.size() < batch_max) {
    append_close(out, ending_->code, ending_->reason);
    close_composed_ = true;
  }
}

void WsSession::append_frame(std::string& out, Frame frame) {
  batch_bytes_ += frame->size();
  ++batch_frames_;
  if (deflate_ && frame->size() >= settings_.deflate_min) {
    const auto small = deflate_message(*frame);
    append_frame_header(out, Opcode::text, small.size(), true);
    out.append(small);
    return;
  }
  append_frame_header(out, Opcode::text, frame->size());
  if (frame->size() < large_frame) {
    out.append(*frame);
  } else {
    large_ = std::move(frame);
    large_at_ = 0;
  }
}

bool WsSession::write(std::string_view head) {
  IoError error;
  do {
    const auto tail = large_ ? std::string_view{*large_}.substr(large_at_) : std::string_view{};
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(tail)};
    const auto count = socket_->write_some(buffers, error);
    core_->counters.ws_writes.fetch_add(1, std::memory_order_relaxed);
    if (!error && count == head.size() + tail.size()) {
      large_.reset();
      return true;
    }
    const auto of_head = std::min(count, head.size());
    head.remove_prefix(of_head);
    large_at_ += count - of_head;
  } while (error == asio::error::interrupted);
  if (error && error != asio::error::would_block) {
    finish(final_code());
    return false;
  }
  rest_ = std::string{head};
  wait_writable();
  return false;
}

void WsSession::wait_writable() {
  writing_ = true;
  deadline_ = Clock::now() + settings_.write_timeout;
  socket_->async_wait(asio::socket_base::wait_write,
                      [self = shared_from_this()](const IoError& error) {
                        if (!self->live_)
                          return;
                        if (error)
                          return self->finish(self->final_code());
                        self->writing_ = false;
                        self->deadline_ = Clock::time_point::max();
                        const auto rest = std::exchange(self->rest_, {});
                        if (!self->write(rest))
                          return;
                        self->batch_sent();
                        self->flush();
                      });
}

void WsSession::batch_sent() {
  if (batch_frames_ != 0)
    core_->counters.ws_sent.fetch_add(batch_frames_, std::memory_order_relaxed);
  batch_frames_ = 0;
  const bool drained = batch_bytes_ != 0 && link_->sent(std::exchange(batch_bytes_, 0));
  if (close_composed_)
    return close_sent();
  if (drained && port_)
    port_->drained();
}

void WsSession::close_sent() {
  if (std::exchange(close_sent_, true))
    return;
  if (peer_closed_)
    return finish(final_code());
  // The peer answers with its Close, which is waited for: who closes at once, with bytes unread,
  // resets the connection, and the peer may never see our Close. After a fault no answer can be
  // read, so we stop sending, and the peer sees that.
  IoError ignored;
  if (reader_.over())
    socket_->shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  deadline_ = Clock::now() + settings_.close_timeout;
}

}  // namespace jobraker::net
