#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "messages/result.hpp"
#include "messages/task.hpp"
#include "tools/bench/chat/ticks.hpp"

namespace jobraker::bench {

using Stream = asio::basic_stream_socket<asio::ip::tcp, IoExecutor>;

/// Where a service listens on the loopback interface.
struct Place {
  std::uint16_t port = 0;
};

/// A connection to a service, from the given loopback address (a source address has 28,000 ports).
task<Result<Stream>> dial(IoContext& io, Place place, std::string from = "127.0.0.1");

/// A plain HTTP/1.1 client over one connection that stays open.
class Http {
public:
  explicit Http(Stream stream) : stream_(std::move(stream)) {}
  /// Sends a JSON body (or none) and answers the body of a 2xx; upstream_failed for another status.
  task<Result<std::string>> call(std::string method, std::string path, std::string body,
                                 std::string token = {});

private:
  Stream stream_;
  std::string buffer_{};
};

/// A client's end of one WebSocket (RFC 6455), for messages of a trusted server.
class Socket {
public:
  explicit Socket(Stream stream) : stream_(std::move(stream)) {}
  /// The handshake at /api/v1/chat/ws, then `hello` up to `welcome`.
  task<Done> begin(std::string token);
  task<Done> send(std::string text);
  /// The next text message, valid until the next call; pings are answered. cancelled when the
  /// server has closed.
  task<Result<std::string_view>> receive();
  /// When the bytes of the message that `receive` gave were read.
  Clock::time_point read_at() const { return read_at_; }
  void close();

private:
  task<Done> more();
  task<Done> frame(unsigned char opcode, std::string payload);

  Stream stream_;
  std::string buffer_{};
  std::size_t begin_ = 0;  ///< of what has not been given out
  Clock::time_point read_at_{};
};

/// People who may chat: registered and with their consent, an access token each.
task<Result<std::vector<std::string>>> register_people(IoContext& io, Place server,
                                                       std::size_t count);

}  // namespace jobraker::bench
