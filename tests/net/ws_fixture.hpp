#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/session.hpp"
#include "net/ws/frames.hpp"
#include "tests/net/server_fixture.hpp"

namespace jobraker::net {

/// One frame as a client sends it: masked.
std::string client_frame(Opcode opcode, std::string_view payload, bool final = true,
                         bool compressed = false);

/// A Close as a client sends it.
std::string client_close(std::uint16_t code, std::string_view reason = {});

/// What a client read.
struct ServerFrame {
  Opcode opcode = Opcode::text;
  std::string payload{};
  bool compressed = false;

  /// Of a Close; 1005 when it has no code.
  std::uint16_t code() const;
};

/// Waits, at most ten seconds, until another thread has made something true.
class Waiter {
public:
  void notify() { changed_.notify_all(); }
  bool wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& until) {
    return changed_.wait_for(lock, std::chrono::seconds{10}, until);
  }

private:
  std::condition_variable changed_;
};

/// A session that writes down what it hears.
class RecordingPort : public SessionPort {
public:
  void received(std::string text) override;
  void drained() override;
  void closed(std::uint16_t code) override;

  /// Each waits for it, at most ten seconds.
  bool wait_received(std::size_t count);
  bool wait_drained(std::size_t count);
  /// The code it was closed with; 0 when it was not.
  std::uint16_t wait_closed();

  std::vector<std::string> messages();
  std::size_t times_drained();
  std::size_t times_closed();

private:
  std::mutex mutex_;
  Waiter waiter_;
  std::vector<std::string> messages_;
  std::size_t drained_ = 0;
  std::vector<std::uint16_t> closed_;
};

/// What `open` was called for, in order.
class Sessions {
public:
  struct One {
    SessionOpening opening;
    std::shared_ptr<ClientLink> link;
    std::shared_ptr<RecordingPort> port;
    /// Sends text as a frame.
    void say(std::string_view text, std::string_view type = {}, std::string_view id = {}) const {
      link->send(std::make_shared<const std::string>(text), type, id);
    }
  };

  /// To be given to a route. `on_open` sees each session before the connection goes on.
  OpenSession opener(std::function<void(const One&)> on_open = {});
  /// Waits for session number `index`.
  One at(std::size_t index);
  std::size_t count();

private:
  std::mutex mutex_;
  Waiter waiter_;
  std::vector<One> all_;
};

/// A blocking client. A read that hears nothing for ten seconds gives up.
class WsPeer {
public:
  explicit WsPeer(std::uint16_t port, std::size_t receive_buffer = 0);
  ~WsPeer();
  WsPeer(const WsPeer&) = delete;
  WsPeer& operator=(const WsPeer&) = delete;

  /// Sends a handshake for `target` with these further header lines (each ending in CRLF), and
  /// whatever `behind` is; answers the response's head.
  RawResponse handshake(const std::string& target, const std::string& fields = {},
                        const std::string& behind = {});
  bool send(const std::string& bytes);
  bool say(std::string_view text) { return send(client_frame(Opcode::text, text)); }
  /// The next frame; nullopt at the end of the stream.
  std::optional<ServerFrame> read();
  /// The next bytes up to and with `mark`, or what came before the end.
  std::string read_until(std::string_view mark);
  /// Whether the peer closes without another byte.
  bool closed_by_peer();
  /// Breaks the connection with a reset.
  void reset();

private:
  bool more();
  bool have(std::size_t bytes);
  int socket_ = -1;
  std::string pending_;
};

}  // namespace jobraker::net
