#pragma once

#include <deque>
#include <string>
#include <vector>

#include "tools/bench/chat/sockets.hpp"

namespace jobraker::bench {

/// Text up to here (bytes, counted from the beginning of the answer) was there at this time.
struct Mark {
  std::size_t end = 0;
  Clock::time_point at{};
};

/// One answer, seen from both ends of the server.
struct Answer {
  Clock::time_point asked{};     ///< the question left the client
  Clock::time_point called{};    ///< the server's request for it reached the tap
  std::vector<Mark> upstream{};  ///< text that reached the tap from the model
  std::vector<Mark> shown{};     ///< text that reached the client
  std::size_t frames = 0;        ///< of any kind, to the client
  std::string trouble{};
};

/// Questions carry their number, so that the tap knows whose request it sees.
std::string question(std::size_t number, std::size_t words);

/// Text of one event of a streamed chat completion; empty for other events.
std::string delta_of(std::string_view line);

/// Stands between the server and the model's service and hands bytes on, noting when which text of
/// a stream and which request passed: both ends of the server are then timed by one clock in one
/// thread.
class Tap {
public:
  Tap(IoContext& io, Place here, Place service) : io_(io), here_(here), service_(service) {}
  /// Begins to accept; unavailable when the port is taken.
  Done listen();
  /// Where the answers of the questions to come are noted, by number; nullptr: nowhere.
  void watch(std::deque<Answer>* answers) { answers_ = answers; }
  /// The last request for a streamed answer: header and body.
  const std::string& last_request() const { return last_request_; }

private:
  struct Pair;
  task<void> accept();
  task<void> upwards(std::shared_ptr<Pair> pair);
  task<void> downwards(std::shared_ptr<Pair> pair);
  void see_request(Pair& pair, std::string_view bytes, Clock::time_point at);
  void see_response(Pair& pair, std::string_view bytes, Clock::time_point at);

  IoContext& io_;
  Place here_;
  Place service_;
  std::optional<asio::basic_socket_acceptor<asio::ip::tcp, IoExecutor>> acceptor_{};
  std::deque<Answer>* answers_ = nullptr;
  std::string last_request_{};
};

}  // namespace jobraker::bench
