#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Frames of RFC 6455 §5, the server's side. Pure: no sockets, no clocks.
namespace jobraker::net {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// Close codes of RFC 6455 §7.4.1, and ours from 4000 on.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t unsupported = 1003;
inline constexpr std::uint16_t none = 1005;      ///< never on the wire: a Close without a code
inline constexpr std::uint16_t abnormal = 1006;  ///< never on the wire: no Close at all
inline constexpr std::uint16_t not_utf8 = 1007;
inline constexpr std::uint16_t too_large = 1009;
inline constexpr std::uint16_t internal = 1011;
inline constexpr std::uint16_t restart = 1012;
inline constexpr std::uint16_t slow_reader = 4008;
inline constexpr std::uint16_t too_fast = 4029;
}  // namespace close_code

/// Whether a peer may send this code in a Close (RFC 6455 §7.4.2, and the registry of IANA).
bool may_close_with(std::uint16_t code) noexcept;

/// Appends the header of an unmasked, final frame; the payload follows it.
void append_frame_header(std::string& out, Opcode opcode, std::size_t size,
                         bool compressed = false);

/// Appends a Close; the reason is cut to what fits, at a character's boundary. Code 1005 is an
/// empty Close.
void append_close(std::string& out, std::uint16_t code, std::string_view reason);

/// What a client said.
struct WsEvent {
  enum class Kind : std::uint8_t {
    text,   ///< `payload` is one whole message, UTF-8
    ping,   ///< `payload` wants to come back
    pong,   ///< a ping was answered
    close,  ///< `code` 1005 when there was none; nothing is read after it
    fault,  ///< the connection is to be closed with `code` and `payload` as the reason
  };
  Kind kind = Kind::text;
  std::uint16_t code = 0;
  std::string payload{};
  std::uint32_t cost = 1;  ///< frames to charge for: short fragments count each
};

/// Turns bytes of a client into messages and control frames. Keeps nothing but the message that is
/// on its way.
class FrameReader {
public:
  /// `message_max` bounds a message, inflated; `deflate` when permessage-deflate was agreed.
  FrameReader(std::size_t message_max, bool deflate) noexcept
      : message_max_(message_max), deflate_(deflate) {}

  /// Reads on; takes what it used from the front of `bytes`. Nullopt when it needs more.
  std::optional<WsEvent> next(std::string_view& bytes);

  /// True after a Close or a fault: whatever comes is dropped.
  bool over() const noexcept { return over_; }

private:
  bool read_header(std::string_view& bytes);
  std::optional<WsEvent> begin_payload();
  std::optional<WsEvent> finish_frame();
  WsEvent finish_message();
  WsEvent finish_close();
  WsEvent fault(std::uint16_t code, std::string_view why);

  std::size_t message_max_;
  std::uint64_t left_ = 0;  ///< of the present frame's payload
  std::string message_{};
  std::string control_{};
  std::array<std::uint8_t, 14> header_{};
  std::uint8_t header_size_ = 0;
  bool in_payload_ = false;
  bool in_message_ = false;
  bool compressed_ = false;  ///< the message is
  bool deflate_;
  bool over_ = false;
  std::uint8_t mask_at_ = 0;  ///< which byte of the key is next
  std::uint32_t cost_ = 0;    ///< of the message's fragments so far
};

}  // namespace jobraker::net
