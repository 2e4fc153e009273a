#include "tests/net/ws_fixture.hpp"

#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace jobraker::net {

std::string client_frame(Opcode opcode, std::string_view payload, bool final, bool compressed) {
  std::string out;
  append_frame_header(out, opcode, payload.size(), compressed);
  if (!final)
    out[0] = static_cast<char>(out[0] & 0x7f);
  out[1] = static_cast<char>(out[1] | 0x80);
  constexpr char key[] = {0x37, static_cast<char>(0xfa), 0x21, 0x3d};
  out.append(key, 4);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out.push_back(static_cast<char>(payload[i] ^ key[i % 4]));
  return out;
}

std::string client_close(std::uint16_t code, std::string_view reason) {
  std::string body{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return client_frame(Opcode::close, body.append(reason));
}

std::uint16_t ServerFrame::code() const {
  if (opcode != Opcode::close || payload.size() < 2)
    return close_code::none;
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(payload[0]) << 8 |
                                    static_cast<std::uint8_t>(payload[1]));
}

void RecordingPort::received(std::string text) {
  const std::lock_guard lock{mutex_};
  messages_.push_back(std::move(text));
  waiter_.notify();
}

void RecordingPort::drained() {
  const std::lock_guard lock{mutex_};
  ++drained_;
  waiter_.notify();
}

void RecordingPort::closed(std::uint16_t code) {
  const std::lock_guard lock{mutex_};
  closed_.push_back(code);
  waiter_.notify();
}

bool RecordingPort::wait_received(std::size_t count) {
  std::unique_lock lock{mutex_};
  return waiter_.wait(lock, [&] { return messages_.size() >= count; });
}

bool RecordingPort::wait_drained(std::size_t count) {
  std::unique_lock lock{mutex_};
  return waiter_.wait(lock, [&] { return drained_ >= count; });
}

std::uint16_t RecordingPort::wait_closed() {
  std::unique_lock lock{mutex_};
  return waiter_.wait(lock, [&] { return !closed_.empty(); }) ? closed_.front() : std::uint16_t{0};
}

std::vector<std::string> RecordingPort::messages() {
  const std::lock_guard lock{mutex_};
  return messages_;
}

std::size_t RecordingPort::times_drained() {
  const std::lock_guard lock{mutex_};
  return drained_;
}

std::size_t RecordingPort::times_closed() {
  const std::lock_guard lock{mutex_};
  return closed_.size();
}

OpenSession Sessions::opener(std::function<void(const One&)> on_open) {
  return [this, on_open](const SessionOpening& opening,
                         std::shared_ptr<ClientLink> link) -> Result<std::shared_ptr<SessionPort>> {
    One one{opening, std::move(link), std::make_shared<RecordingPort>()};
    if (on_open)
      on_open(one);
    const std::lock_guard lock{mutex_};
    all_.push_back(one);
    waiter_.notify();
    return one.port;
  };
}

Sessions::One Sessions::at(std::size_t index) {
  std::unique_lock lock{mutex_};
  if (!waiter_.wait(lock, [&] { return all_.size() > index; }))
    throw std::runtime_error("no such session was opened");
  return all_[index];
}

std::size_t Sessions::count() {
  const std::lock_guard lock{mutex_};
  return all_.size();
}

WsPeer::WsPeer(std::uint16_t port, std::size_t receive_buffer)
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (receive_buffer != 0) {
    const int size = static_cast<int>(receive_buffer);
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("cannot connect");
}

WsPeer::~WsPeer() {
  if (socket_ >= 0)
    ::close(socket_);
}

void WsPeer::reset() {
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(socket_);
  socket_ = -1;
}

RawResponse WsPeer::handshake(const std::string& target, const std::string& fields,
                              const std::string& behind) {
  send("GET " + target +
       " HTTP/1.1\r\nHost: h.example\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
       fields + "\r\n" + behind);
  RawResponse out;
  const auto head = read_until("\r\n\r\n");
  if (head.size() < 12)
    return out;
  out.head = head.substr(0, head.size() - 2);
  out.status = std::stoi(head.substr(9, 3));
  const auto length = out.header("content-length");
  const auto size = length.empty() ? 0 : std::stoul(length);
  out.complete = have(size);
  out.body = pending_.substr(0, size);
  pending_.erase(0, out.body.size());
  return out;
}

bool WsPeer::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0)
      return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

bool WsPeer::more() {
  char buffer[65536];
  const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
  if (count <= 0)
    return false;
  pending_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

bool WsPeer::have(std::size_t bytes) {
  while (pending_.size() < bytes) {
    if (!more())
      return false;
  }
  return true;
}

std::optional<ServerFrame> WsPeer::read() {
  if (!have(2))
    return std::nullopt;
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(pending_[at]); };
  ServerFrame out;
  out.opcode = static_cast<Opcode>(byte(0) & 0x0f);
  out.compressed = (byte(0) & 0x40) != 0;
  if ((byte(0) & 0x80) == 0 || (byte(1) & 0x80) != 0)
    throw std::runtime_error("a server's frame is final and unmasked");
  std::uint64_t size = byte(1);
  const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (!have(2 + extra))
    return std::nullopt;
  if (extra != 0)
    size = 0;
  for (std::size_t i = 0; i < extra; ++i)
    size = size << 8 | byte(2 + i);
  if (!have(2 + extra + size))
    return std::nullopt;
  out.payload = pending_.substr(2 + extra, size);
  pending_.erase(0, 2 + extra + size);
  return out;
}

std::string WsPeer::read_until(std::string_view mark) {
  std::size_t at = 0;
  while ((at = pending_.find(mark)) == std::string::npos) {
    if (!more())
      return std::exchange(pending_, {});
  }
  auto out = pending_.substr(0, at + mark.size());
  pending_.erase(0, out.size());
  return out;
}

bool WsPeer::closed_by_peer() {
  char byte = 0;
  return pending_.empty() && ::recv(socket_, &byte, 1, 0) == 0;
}

}  // namespace jobraker::net
