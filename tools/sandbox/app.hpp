#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/http/message.hpp"
#include "net/http/router.hpp"
#include "tools/sandbox/faults.hpp"
#include "tools/sandbox/postings.hpp"
#include "tools/sandbox/served.hpp"

namespace jobraker::sandbox {

/// How the sandbox runs; the command line sets it.
struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string port_file;   ///< the port is written here once it is open; empty: nowhere
  std::uint64_t seed = 1;  ///< of faults with a probability
  unsigned threads = 1;
  std::int64_t token_ms = 0;  ///< pause between the tokens of a stream
};

/// What the call at hand is to do wrong.
struct Mischief {
  bool prose = false;
  bool broken_content = false;
  bool wrong_embedding_size = false;
  bool cut_stream = false;
  std::int64_t cut_after = -1;
};

/// What an endpoint answers, with what the counters want to know.
struct Answer {
  net::Response response;
  std::string endpoint;  ///< for the counters, e.g. `chat.completions`
  std::string model{};
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
};

/// Everything the sandbox holds, and its dispatch: faults first, then the service the path names.
class App {
public:
  explicit App(const Options& options);
  /// The routes: each path goes to `handle`.
  net::Router router();

  const Options options;
  PostingStore postings;
  Faults faults;
  Served served;

private:
  task<net::Response> handle(net::Request& request);
  Answer dispatch(const net::Request& request, const Mischief& mischief);
  void log(const net::Request& request, const Answer& answer, const std::vector<Fault>& struck);
};

/// One entry for each service; none reads what is not its own. The body is the request's.
Answer openai(App& app, const net::Request& request, const Mischief& mischief);
Answer adzuna(App& app, const net::Request& request);
Answer greenhouse(App& app, const net::Request& request);
Answer lever(App& app, const net::Request& request);
Answer feed(App& app, const net::Request& request);
net::Response control(App& app, const net::Request& request);

}  // namespace jobraker::sandbox
