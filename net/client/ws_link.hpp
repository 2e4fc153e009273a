#pragma once

#include <memory>
#include <string>

#include "messages/result.hpp"
#include "messages/task.hpp"
#include "net/http/url.hpp"

namespace jobraker::net {

/// How a client introduces itself to a WebSocket server.
struct WsOffer {
  std::string bearer{};  ///< access token
  std::string user_agent = "jobraker/0.1";
  std::string subprotocol{};  ///< asked for when there is one
  std::string ca_file{};      ///< PEM file of authorities trusted beside the system's
};

/// A client's WebSocket connection (RFC 6455), plain or TLS; used on the thread of its context.
class WsLink {
public:
  virtual ~WsLink() = default;

  /// Connects to `url` (http or https). Errors: unauthenticated (401), forbidden (403),
  /// rate_limited (429), upstream_failed (every other answer, or none); `retry_after` when the
  /// server says so.
  static task<Result<std::shared_ptr<WsLink>>> open(IoContext& io, Url url, WsOffer offer);

  /// The next text message; an error when the connection is over. One read at a time.
  virtual task<Result<std::string>> read() = 0;
  /// Queues a message. After the end nothing happens.
  virtual void send(std::string text) = 0;
  /// Sends what is queued, then Close; `read` ends.
  virtual void close() = 0;
  /// The close code the server sent; 1006 when it sent none.
  virtual int close_code() const noexcept = 0;
};

}  // namespace jobraker::net
