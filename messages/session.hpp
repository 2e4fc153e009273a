#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "messages/context.hpp"
#include "messages/fields.hpp"
#include "messages/result.hpp"

/// The seam between a live connection (WebSocket or server-sent events, `net/`) and the actor of
/// its session (`actors/chat/session_actor`).
namespace jobraker {

/// The client's end of a session. The connection implements it; the session's actor holds it.
/// Every function may be called from any thread and none blocks.
class ClientLink {
public:
  virtual ~ClientLink() = default;

  /// Queues a frame (one JSON object, shared with whoever else gets it). After the end nothing
  /// happens. `type` is the frame's type, `id` its `epoch-seq`: server-sent events need them as
  /// `event:` and `id:`; both are empty for what has none.
  virtual void send(std::shared_ptr<const std::string> frame, std::string_view type,
                    std::string_view id) = 0;

  /// Bytes queued and not yet taken by the kernel.
  virtual std::size_t queued() const noexcept = 0;

  /// Sends what is queued, then ends the connection with this code (RFC 6455 §7.4; 4000-4999 are
  /// ours) and reason, at most 123 bytes. Only the first call counts.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

/// The session's end, as the connection sees it. The connection calls these on its own thread; the
/// implementation posts messages to the actor and returns at once.
class SessionPort {
public:
  virtual ~SessionPort() = default;
  /// A text message came. The connection has checked size, rate and UTF-8.
  virtual void received(std::string text) = 0;
  /// The queue, which had grown past the link's high-water mark, is empty again.
  virtual void drained() = 0;
  /// The connection is over, for whatever reason; nothing follows. `code` as above, 1006 when none
  /// was seen.
  virtual void closed(std::uint16_t code) = 0;
};

/// Who connects, and how.
struct SessionOpening {
  Context context{};           ///< trace and principal; its deadline is that of the opening alone
  std::string remote{};        ///< peer's address
  bool sse = false;            ///< server-sent events: nothing will be received
  std::string conversation{};  ///< sse: the one conversation to follow
  std::string turn{};          ///< sse: end with this turn's last frame; empty: follow on
  std::string after{};         ///< sse: position `epoch-seq` to continue after; empty: from now on
};

/// Opens a session over a link; called on an I/O thread. An error refuses the connection before it
/// is upgraded: rate_limited (too many sessions), unavailable, forbidden, not_found.
using OpenSession = std::function<Result<std::shared_ptr<SessionPort>>(
  const SessionOpening&, std::shared_ptr<ClientLink>)>;

}  // namespace jobraker
