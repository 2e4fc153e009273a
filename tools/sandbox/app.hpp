#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/http/message.hpp"
#include "net/http/router.hpp"
#include "tools/sandbox/faults.hpp"
#include "tools/sandbox/limits.hpp"
#include "tools/sandbox/postings.hpp"
#include "tools/sandbox/served.hpp"
#include "tools/sandbox/skyvern_runs.hpp"
#include "tools/sandbox/stream.hpp"
#include "tools/sandbox/usage.hpp"

namespace jobraker::sandbox {

/// How the sandbox runs; the command line sets it.
struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string port_file;   ///< the port is written here once it is open; empty: nowhere
  std::uint64_t seed = 1;  ///< of faults with a probability
  unsigned threads = 1;
  std::int64_t token_ms = 0;  ///< pause before each token of a stream
  RateLimit limit;            ///< of every model, unless /control/limits says otherwise
  std::string tesseract;      ///< path of the program that reads pictures; empty: looked for
  RunSettings runs{};         ///< of Skyvern's, unless /control/skyvern/settings says otherwise
};

/// What the call at hand is to do wrong.
struct Mischief {
  bool prose = false;
  bool broken_content = false;
  bool wrong_embedding_size = false;
  bool unknown_tool = false;
  bool invented_employer = false;
  bool flag = false;
  bool cut_stream = false;
  std::int64_t cut_after = -1;
  bool stall_stream = false;
  std::int64_t stall_after = -1, stall_ms = 0;
  bool stream_error = false;
  std::int64_t error_after = -1;
  std::vector<Fault> runs{};  ///< what a new run keeps for later
};

/// What an endpoint answers, with what the counters want to know.
struct Answer {
  net::Response response;
  std::string endpoint;  ///< for the counters, e.g. `chat.completions`
  std::string model{};
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  std::uint64_t cached_tokens = 0;
  std::uint64_t cache_written = 0;
  std::string id{};
  std::optional<Outcome> outcome{};  ///< nullopt: as the status says
  bool settles_itself = false;       ///< a stream, which counts itself when it ends
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
  Limits limits;
  PromptCache prompts;
  SkyvernRuns runs;
  std::atomic<std::int64_t> token_ms;  ///< `options.token_ms`, until /control/pace changes it

private:
  task<net::Response> handle(net::Request& request);
  task<Answer> dispatch(const net::Request& request, const Mischief& mischief);
  void log(const net::Request& request, const Answer& answer, const std::vector<Fault>& struck);
};

/// One entry for each service; none reads what is not its own. The body is the request's.
task<Answer> openai(App& app, const net::Request& request, const Mischief& mischief);
task<Answer> anthropic(App& app, const net::Request& request, const Mischief& mischief);
Answer adzuna(App& app, const net::Request& request);
Answer greenhouse(App& app, const net::Request& request);
Answer lever(App& app, const net::Request& request);
Answer feed(App& app, const net::Request& request);
task<Answer> skyvern(App& app, const net::Request& request, const Mischief& mischief);
net::Response control(App& app, const net::Request& request);
task<net::Response> skyvern_control(App& app, const net::Request& request);

/// Stands for the key of a call (`Authorization` or `x-api-key`), which itself is not kept.
std::uint64_t key_of(const net::Request& request);
/// How this app plays a script: its pace, and what the mischief orders. `error` is the event of a
/// stream that fails, in the service's form.
StreamPlan plan_stream(App& app, StreamScript script, const Mischief& mischief, std::string error);

}  // namespace jobraker::sandbox
