#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/request_reader.hpp"
#include "net/http/server_core.hpp"

namespace jobraker::net {

/// One accepted socket and what is being done with it. Lives in the frame of its coroutine; the
/// worker's list lets the sweep and the drain reach it.
class Connection {
public:
  using Clock = Context::Clock;

  Connection(Server::Core& core, Worker& worker, TcpSocket socket, Slot& slot);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Requests and responses in turn until one side has enough.
  task<void> run();

  /// By the sweep: ends the present wait when its deadline has passed; from then on watches the
  /// peer of a handler that takes long.
  void expire(Clock::time_point now);
  /// By the drain: ends a wait for a request nobody has begun to send; tells a streamed body.
  void stop_idle();
  /// Ends everything.
  void abort();

private:
  enum class Phase : std::uint8_t { idle, header, body, handling, writing, lingering };
  enum class Next : std::uint8_t { keep, close, linger };
  struct Admission;

  task<bool> read_header();
  task<Next> answer();
  task<bool> read_body();
  task<Next> refuse();
  /// Reads more into the buffer; false at the end of the stream, an error or a time-out.
  task<bool> fill();
  task<Response> handle();
  task<bool> send(Response& response, bool keep);
  task<bool> send_stream(BodyProducer& next, bool chunked);
  /// Writes `head` and `body`, at once when the kernel takes them.
  task<bool> write_all(std::string_view head, std::string_view body);
  /// Becomes a WebSocket, after which nothing is left to do here, or answers why not.
  task<Next> upgrade(bool keep);
  task<tl::expected<Admission, Response>> admit(const WsOptions& options);
  task<Result<Principal>> who_connects(const WsOptions& options, std::string token);
  /// Waits for the peer to say something, or to leave, while a handler works or a body is streamed.
  void watch_peer();
  /// Watches from when the handler that begins now has taken a second: most are done before, and
  /// cost nothing.
  void watch_if_slow();
  void peer_spoke();
  void peer_left();
  void end_watch();
  /// The answer to who has gone, for where answers are counted: nginx's 499.
  static Response nobody_reads();
  /// Lets the peer read the last response before the socket goes (RFC 9112 §9.6).
  task<void> linger();

  void identify();
  Response early_answer(bool& proceed);
  void enter(Phase phase, std::chrono::milliseconds limit);
  std::string_view unread() const noexcept;
  void log_access(const Response& response);
  /// The whole request as a span, for whoever follows its trace.
  void record_request(int status) const;

  Server::Core& core_;
  Worker& worker_;
  TcpSocket socket_;
  Slot& slot_;
  std::size_t index_ = 0;  ///< our place in worker_.connections
  Phase phase_ = Phase::idle;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool timed_out_ = false;
  bool peer_left_ = false;  ///< seen while a handler worked or a body was streamed
  bool overlong_ = false;   ///< the reader wants a longer line than the buffer may hold

  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< buffer_[begin_, end_) has been received and not read yet
  std::size_t end_ = 0;
  std::string out_;
  std::shared_ptr<StreamWatch> watch_;  ///< of the body that is streamed
  std::shared_ptr<bool> watching_;      ///< lives while the watch may be told
  RequestReader reader_;
  Request request_;
  std::string allow_;
  std::uint64_t served_ = 0;
  Clock::time_point started_{};
};

}  // namespace jobraker::net
