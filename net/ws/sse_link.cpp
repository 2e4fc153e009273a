#include "net/ws/sse_link.hpp"

#include <utility>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include "messages/json.hpp"
#include "net/http/problem.hpp"
#include "net/ws/frames.hpp"
#include "net/ws/queued_link.hpp"

namespace jobraker::net {
namespace {

using SteadyTimer =
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

/// Events are put together up to here before they are written.
constexpr std::size_t piece_max = 64 << 10;

/// Appends a field unless its value would end the line, or is one that clients ignore.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  constexpr std::string_view breaks{"\r\n\0", 3};
  if (!value.empty() && value.find_first_of(breaks) == std::string_view::npos)
    out.append(name).append(": ").append(value).append("\n");
}

/// One event; each line of `data` becomes a line of its own.
std::string event_of(std::string_view type, std::string_view id, std::string_view data) {
  std::string out;
  out.reserve(data.size() + type.size() + id.size() + 32);
  append_field(out, "event", type);
  append_field(out, "id", id);
  while (true) {
    const auto end = data.find_first_of("\r\n");
    out.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == std::string_view::npos)
      break;
    data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return out.append("\n");
}

std::string closed_event(const Ending& ending) {
  json::Writer data;
  data.begin_object()
    .member("type", "closed")
    .member("code", static_cast<int>(ending.code))
    .member("reason", ending.reason)
    .end_object();
  return event_of("closed", {}, data.text());
}

/// Queues events instead of frames.
class SseLink final : public QueuedLink {
public:
  using QueuedLink::QueuedLink;

  void send(Frame frame, std::string_view type, std::string_view id) override {
    if (frame)
      push(std::make_shared<const std::string>(event_of(type, id, *frame)));
  }
};

/// The producer of the body, and what its connection tells. On the connection's thread.
class SseFeed final : public QueuedLink::Owner, public StreamWatch {
public:
  SseFeed(IoExecutor executor, std::shared_ptr<SseLink> link, std::shared_ptr<SessionPort> port,
          const WsSettings& settings)
      : link_(std::move(link)), port_(std::move(port)), settings_(settings), timer_(executor),
        piece_("retry: " + std::to_string(settings.retry.count()) + "\n\n") {
    link_->attach(*this);
  }

  ~SseFeed() { finish(); }

  /// What goes out next: all that is queued, or a heartbeat; nullopt after the ending.
  task<Result<std::optional<std::string>>> next() {
    // Whoever asks again has written what it got before.
    if (bytes_ != 0 && link_->sent(std::exchange(bytes_, 0)) && port_)
      port_->drained();
    while (!gone_ && !told_) {
      collect();
      if (!piece_.empty())
        co_return std::exchange(piece_, {});
      timer_.expires_after(settings_.heartbeat);
      boost::system::error_code error;
      co_await timer_.async_wait(asio::redirect_error(use_task, error));
      if (!error)
        piece_ = ":\n\n";
    }
    finish();
    co_return std::nullopt;
  }

  void peer_gone() override {
    gone_ = true;
    timer_.cancel();
  }

  void draining() override {
    link_->send(goodbye_frame(settings_.goodbye_spread), "goodbye", {});
    link_->close(close_code::restart, "the server restarts");
  }

private:
  void link_changed() override { timer_.cancel(); }

  /// Adds to the piece what is queued, and last the ending.
  void collect() {
    // Asked first: nothing is queued once there is an ending, so that the queue is complete then.
    const auto ending = link_->ending();
    if (ending && ending->drop) {
      frames_ = {};
      next_frame_ = 0;
    }
    while (piece_.size() < piece_max) {
      if (next_frame_ == frames_.size()) {
        frames_ = {};
        next_frame_ = 0;
        if (!link_->take(frames_))
          break;
      }
      const auto& frame = frames_[next_frame_++];
      piece_.append(*frame);
      bytes_ += frame->size();
    }
    if (!ending || piece_.size() >= piece_max)
      return;
    piece_.append(closed_event(*ending));
    told_ = true;
  }

  void finish() {
    const auto ending = link_->ending();
    link_->detach();
    frames_ = {};
    if (const auto port = std::exchange(port_, nullptr))
      port->closed(ending ? ending->code : close_code::abnormal);
  }

  const std::shared_ptr<SseLink> link_;
  std::shared_ptr<SessionPort> port_;
  const WsSettings settings_;
  SteadyTimer timer_;
  std::vector<Frame> frames_;  ///< taken from the link
  std::size_t next_frame_ = 0;
  std::string piece_;
  std::size_t bytes_ = 0;  ///< of the piece that is being written
  bool gone_ = false;
  bool told_ = false;  ///< the ending went out
};

}  // namespace

task<Response> open_event_stream(const Request& request, SessionOpening opening, OpenSession open,
                                 WsSettings settings) {
  const auto executor = co_await asio::this_coro::executor;
  BodyProducer produce;
  std::shared_ptr<SseFeed> feed;
  if (request.method != Method::head) {  // which has no body, so nothing to open
    opening.sse = true;
    opening.context = request.context;
    if (opening.remote.empty())
      opening.remote = request.remote;
    if (opening.after.empty())
      opening.after = request.headers.value("last-event-id");
    auto link = std::make_shared<SseLink>(executor, settings.high_water, settings.queue_max);
    auto port = open(opening, link);
    if (!port)
      co_return problem(port.error(), request.context);
    feed = std::make_shared<SseFeed>(executor, std::move(link), std::move(*port), settings);
  }
  produce = [feed]() { return feed->next(); };
  auto response = Response::stream(200, "text/event-stream", std::move(produce));
  response.headers.add("Cache-Control", "no-cache");
  response.headers.add("X-Accel-Buffering", "no");
  response.watch = feed;
  co_return response;
}

}  // namespace jobraker::net
