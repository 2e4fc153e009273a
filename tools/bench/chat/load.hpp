#pragma once

#include <deque>
#include <string>

#include "tools/bench/chat/tap.hpp"

namespace jobraker::bench {

/// How many answers at a time, how long each, and in how much time they begin.
struct Load {
  std::size_t count = 1;
  std::size_t words = 100;
  std::size_t rounds = 1;              ///< one after the other
  std::chrono::milliseconds ramp{20};  ///< between one's beginning and the next one's
};

/// The answers of a load that went through the server.
struct Outcome {
  std::deque<Answer> answers{};
  double cpu =
    0;  ///< seconds of the server's processor time, between the first question and the last answer
  double seconds = 0;  ///< the same by the clock
};

/// Asks `load.count` people's questions over a WebSocket each.
task<Result<Outcome>> ask_server(IoContext& io, Place server, int server_pid, Tap& tap, Load load);

/// Makes the same calls of the model's service directly: header and body of `request`, other
/// numbers. `asked` and `called` are the same time.
task<Result<Outcome>> ask_directly(IoContext& io, Place service, const std::string& request,
                                   Load load);

/// Opens sessions of registered people, as many as said, and prints what each costs the server in
/// memory.
task<Done> idle_sessions(IoContext& io, Place server, int server_pid, std::size_t sessions,
                         std::size_t people);

/// Calls of the gateway in this process, to a service at `place`, with the database at
/// `database_url`; prints the processor time of one.
Done gateway_calls(const std::string& database_url, Place service, std::size_t calls,
                   std::size_t at_once);

}  // namespace jobraker::bench
