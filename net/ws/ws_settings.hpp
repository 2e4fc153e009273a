#pragma once

#include <chrono>
#include <cstddef>

namespace jobraker::net {

/// What a live connection (WebSocket or server-sent events) is allowed. Sizes are bytes.
struct WsSettings {
  std::size_t message_max = 64 << 10;  ///< one message in, inflated; more closes 1009
  double frames_per_second = 20;       ///< messages and control frames in, refilled at this rate
  double frames_burst = 40;            ///< … and at once
  std::size_t refusals_max = 20;  ///< messages refused for their rate, without a rest, until 4029
  std::size_t high_water = 128 << 10;   ///< queued beyond it: drained() is told when it is empty
  std::size_t queue_max = 4 << 20;      ///< queued beyond it: closed 4008
  std::size_t send_buffer = 128 << 10;  ///< SO_SNDBUF, so that a slow peer shows; 0: the kernel's
  std::chrono::milliseconds ping_after{22'500};      ///< of silence; gone after twice that
  std::chrono::milliseconds write_timeout{15'000};   ///< for the kernel to take anything at all
  std::chrono::milliseconds close_timeout{5'000};    ///< for the peer to answer our Close
  std::chrono::milliseconds goodbye_spread{10'000};  ///< `retry_in_ms` of a goodbye is below it
  bool deflate = false;                         ///< permessage-deflate (RFC 7692) for who offers it
  std::size_t deflate_min = 1024;               ///< shorter messages go as they are
  std::chrono::milliseconds heartbeat{15'000};  ///< server-sent events: a comment after silence
  std::chrono::milliseconds retry{2'000};       ///< server-sent events: `retry:` at the start
};

}  // namespace jobraker::net
