#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/session.hpp"
#include "net/http/server_core.hpp"
#include "net/ws/frames.hpp"
#include "net/ws/queued_link.hpp"

namespace jobraker::net {

/// A WebSocket after its handshake, on its worker's thread. Two callbacks at most are outstanding
/// (readable, writable) and keep it alive; an idle session has no buffer of its own: what is read
/// and what is written lies in the thread's.
class WsSession final : public QueuedLink::Owner, public std::enable_shared_from_this<WsSession> {
public:
  using Clock = Context::Clock;

  /// `settings` live as long as the router, hence as `core`.
  WsSession(std::shared_ptr<Server::Core> core, Worker& worker, const WsSettings& settings,
            bool deflate);
  ~WsSession();
  WsSession(const WsSession&) = delete;
  WsSession& operator=(const WsSession&) = delete;

  /// For the actor; works before `begin`, too.
  std::shared_ptr<ClientLink> link() const { return link_; }

  /// Whom to tell. From here on it hears `closed`, whatever comes.
  void tell(std::shared_ptr<SessionPort> port, const Trace& trace);

  /// Goes live on a socket whose handshake is done; `early` came behind it.
  void begin(TcpSocket socket, std::string_view early);

  /// By the sweep: pings, and ends what has waited too long.
  void expire(Clock::time_point now);
  /// By the drain: says goodbye and closes with 1012.
  void stop();
  /// Ends everything at once.
  void abort();

private:
  void link_changed() override;

  void wait_readable();
  void on_readable();
  void consume(std::string_view bytes);
  void hear(WsEvent event);
  void hear_text(std::string text, std::uint32_t cost);
  bool charge(std::uint32_t cost);

  void flush();
  /// Puts together what goes out next: control frames, then frames, then the Close.
  void compose(std::string& out);
  void append_frame(std::string& out, Frame frame);
  /// Writes `head` and the rest of `large_`; true when the kernel took all of it.
  bool write(std::string_view head);
  void wait_writable();
  void batch_sent();

  void close_with(std::uint16_t code, std::string_view reason);
  void close_sent();
  void finish(std::uint16_t code);
  std::uint16_t final_code() const;

  const std::shared_ptr<Server::Core> core_;  ///< first: the worker lives in it
  Worker& worker_;
  const WsSettings& settings_;
  const std::shared_ptr<QueuedLink> link_;
  std::shared_ptr<SessionPort> port_;
  std::optional<TcpSocket> socket_;
  std::size_t index_ = 0;  ///< our place in worker_.sessions
  Trace trace_{};

  FrameReader reader_;
  double tokens_;  ///< of the bucket, as of heard_
  Clock::time_point heard_{};
  std::uint32_t refused_ = 0;

  std::vector<Frame> frames_;  ///< taken from the link
  std::size_t next_frame_ = 0;
  std::string control_;  ///< pings and pongs to be sent
  std::string rest_;     ///< what the kernel did not take of a batch …
  Frame large_;          ///< … and the long frame behind it, sent from where it lies
  std::size_t large_at_ = 0;
  std::size_t batch_bytes_ = 0;  ///< of the batch's frames, as the link counts them
  std::uint32_t batch_frames_ = 0;
  std::unique_ptr<const Ending> ending_;
  Clock::time_point deadline_ = Clock::time_point::max();  ///< of the write, or the closing

  const bool deflate_;
  bool pinged_ = false;
  bool writing_ = false;      ///< waits until the kernel has room
  bool peer_closed_ = false;  ///< a Close of the peer's was read
  bool close_composed_ = false;
  bool close_sent_ = false;
  bool live_ = false;

  friend void sweep_sessions(Worker& worker, Clock::time_point now, std::size_t count);
};

/// Has `count` sessions of a worker look at their deadlines, others each time.
void sweep_sessions(Worker& worker, Context::Clock::time_point now, std::size_t count);

}  // namespace jobraker::net
