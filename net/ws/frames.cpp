#include "net/ws/frames.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "net/http/text.hpp"
#include "net/ws/deflate.hpp"

namespace jobraker::net {
namespace {

constexpr std::size_t control_max = 125;
/// A fragment shorter than this that does not end its message is charged like a message: nobody
/// needs many of them.
constexpr std::uint64_t short_fragment = 512;
/// What a claimed length may reserve before the bytes are there.
constexpr std::size_t reserve_max = 64 << 10;

/// Appends `bytes` unmasked; `at` is the place in the key, and moves on.
void append_unmasked(std::string& out, std::string_view bytes, const std::uint8_t* key,
                     std::uint8_t& at) {
  const auto start = out.size();
  out.append(bytes);
  char* to = out.data() + start;
  std::uint8_t turned[8];
  for (std::size_t i = 0; i < 8; ++i)
    turned[i] = key[(at + i) & 3];
  std::uint64_t word = 0;
  std::memcpy(&word, turned, 8);
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, to + i, 8);
    eight ^= word;
    std::memcpy(to + i, &eight, 8);
  }
  for (; i < bytes.size(); ++i)
    to[i] = static_cast<char>(static_cast<std::uint8_t>(to[i]) ^ turned[i & 7]);
  at = static_cast<std::uint8_t>((at + bytes.size()) & 3);
}

/// Bytes of a header whose second byte is this: the length's and the key's follow.
std::size_t header_size_of(std::uint8_t second) {
  const auto length = second & 0x7f;
  return 2u + (length == 126 ? 2u : length == 127 ? 8u : 0u) + ((second & 0x80) != 0 ? 4u : 0u);
}

}  // namespace

bool may_close_with(std::uint16_t code) noexcept {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

void append_frame_header(std::string& out, Opcode opcode, std::size_t size, bool compressed) {
  out.push_back(static_cast<char>(0x80 | (compressed ? 0x40 : 0) | static_cast<int>(opcode)));
  const auto bytes = [&](int count) {
    for (int shift = (count - 1) * 8; shift >= 0; shift -= 8)
      out.push_back(static_cast<char>((size >> shift) & 0xff));
  };
  if (size < 126) {
    out.push_back(static_cast<char>(size));
  } else if (size <= 0xffff) {
    out.push_back(126);
    bytes(2);
  } else {
    out.push_back(127);
    bytes(8);
  }
}

void append_close(std::string& out, std::uint16_t code, std::string_view reason) {
  if (code == close_code::none) {
    append_frame_header(out, Opcode::close, 0);
    return;
  }
  auto size = std::min(reason.size(), control_max - 2);
  while (size < reason.size() && size > 0 &&
         (static_cast<std::uint8_t>(reason[size]) & 0xc0) == 0x80)
    --size;
  append_frame_header(out, Opcode::close, size + 2);
  out.push_back(static_cast<char>(code >> 8));
  out.push_back(static_cast<char>(code & 0xff));
  out.append(reason.substr(0, size));
}

std::optional<WsEvent> FrameReader::next(std::string_view& bytes) {
  while (!over_) {
    if (!in_payload_) {
      if (!read_header(bytes))
        return std::nullopt;
      if (auto refused = begin_payload())
        return refused;
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    auto& into = (header_[0] & 0x08) != 0 ? control_ : message_;
    append_unmasked(into, bytes.substr(0, count), header_.data() + header_size_ - 4, mask_at_);
    bytes.remove_prefix(count);
    left_ -= count;
    if (left_ > 0)
      return std::nullopt;
    if (auto event = finish_frame())
      return event;
  }
  bytes = {};
  message_ = {};
  return std::nullopt;
}

/// True once the whole header is there.
bool FrameReader::read_header(std::string_view& bytes) {
  while (true) {
    const auto wanted = header_size_ < 2 ? 2 : header_size_of(header_[1]);
    const auto count = std::min<std::size_t>(wanted - header_size_, bytes.size());
    std::memcpy(header_.data() + header_size_, bytes.data(), count);
    header_size_ = static_cast<std::uint8_t>(header_size_ + count);
    bytes.remove_prefix(count);
    if (header_size_ < wanted)
      return false;
    if (header_size_ > 2 || wanted == header_size_of(header_[1]))
      return true;
  }
}

/// Checks a header (RFC 6455 §5.2) before a byte of its payload is kept.
std::optional<WsEvent> FrameReader::begin_payload() {
  const bool final = (header_[0] & 0x80) != 0;
  const bool control = (header_[0] & 0x08) != 0;
  const auto opcode = static_cast<Opcode>(header_[0] & 0x0f);
  const auto short_length = header_[1] & 0x7f;
  std::uint64_t length = static_cast<std::uint64_t>(short_length);
  const std::size_t extra = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  if (extra != 0)
    length = 0;
  for (std::size_t i = 0; i < extra; ++i)
    length = length << 8 | header_[2 + i];
  if ((header_[1] & 0x80) == 0)
    return fault(close_code::protocol_error, "frames of a client are masked");
  if ((extra == 2 && length < 126) || (extra == 8 && (length <= 0xffff || length >> 63 != 0)))
    return fault(close_code::protocol_error, "length not in its shortest form");
  const bool reserved = (header_[0] & 0x30) != 0;
  const bool compressed = (header_[0] & 0x40) != 0;
  const bool first = opcode == Opcode::text;
  if (reserved || (compressed && !(deflate_ && first)))
    return fault(close_code::protocol_error, "reserved bit set");
  if (control) {
    if (opcode > Opcode::pong)
      return fault(close_code::protocol_error, "unknown opcode");
    if (!final || length > control_max)
      return fault(close_code::protocol_error, "control frame fragmented or too long");
    control_.clear();
  } else {
    if (opcode == Opcode::binary)
      return fault(close_code::unsupported, "only text messages are understood");
    if (opcode > Opcode::binary)
      return fault(close_code::protocol_error, "unknown opcode");
    if (first == in_message_)
      return fault(close_code::protocol_error, "fragments out of order");
    if (first) {
      compressed_ = compressed;
      cost_ = 0;
    }
    if (length > message_max_ - message_.size())
      return fault(close_code::too_large,
                   "a message has at most " + std::to_string(message_max_) + " bytes");
    if (final || length < short_fragment)
      ++cost_;
    in_message_ = true;
    message_.reserve(message_.size() +
                     static_cast<std::size_t>(std::min<std::uint64_t>(length, reserve_max)));
  }
  left_ = length;
  mask_at_ = 0;
  in_payload_ = true;
  return std::nullopt;
}

std::optional<WsEvent> FrameReader::finish_frame() {
  const bool final = (header_[0] & 0x80) != 0;
  const auto opcode = static_cast<Opcode>(header_[0] & 0x0f);
  in_payload_ = false;
  header_size_ = 0;
  switch (opcode) {
  case Opcode::close:
    return finish_close();
  case Opcode::ping:
    return WsEvent{WsEvent::Kind::ping, 0, std::exchange(control_, {}), 1};
  case Opcode::pong:
    return WsEvent{WsEvent::Kind::pong, 0, std::exchange(control_, {}), 1};
  default:
    break;
  }
  if (!final)
    return std::nullopt;
  in_message_ = false;
  return finish_message();
}

WsEvent FrameReader::finish_message() {
  auto text = std::exchange(message_, {});
  if (compressed_) {
    bool too_large = false;
    auto plain = inflate_message(std::move(text), message_max_, too_large);
    if (!plain && too_large)
      return fault(close_code::too_large,
                   "a message has at most " + std::to_string(message_max_) + " bytes");
    if (!plain)
      return fault(close_code::not_utf8, "the message cannot be inflated");
    text = std::move(*plain);
  }
  if (!is_utf8(text))
    return fault(close_code::not_utf8, "the message is not UTF-8");
  return {WsEvent::Kind::text, 0, std::move(text), cost_};
}

WsEvent FrameReader::finish_close() {
  over_ = true;
  const auto body = std::exchange(control_, {});
  if (body.empty())
    return {WsEvent::Kind::close, close_code::none, {}, 0};
  if (body.size() < 2)
    return fault(close_code::protocol_error, "a close code has two bytes");
  const auto code = static_cast<std::uint16_t>(static_cast<std::uint8_t>(body[0]) << 8 |
                                               static_cast<std::uint8_t>(body[1]));
  if (!may_close_with(code))
    return fault(close_code::protocol_error, "not a close code");
  if (!is_utf8(std::string_view{body}.substr(2)))
    return fault(close_code::not_utf8, "the reason is not UTF-8");
  return {WsEvent::Kind::close, code, body.substr(2), 0};
}

WsEvent FrameReader::fault(std::uint16_t code, std::string_view why) {
  over_ = true;
  message_ = {};
  return {WsEvent::Kind::fault, code, std::string{why}, 0};
}

}  // namespace jobraker::net
