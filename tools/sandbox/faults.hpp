#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/json.hpp"
#include "messages/result.hpp"

namespace jobraker::sandbox {

/// How a call goes wrong on demand.
enum class FaultKind : std::uint8_t {
  latency,         ///< `ms` pass before the true answer
  status,          ///< `status`, `headers` and `body` instead of an answer
  cut_stream,      ///< the stream ends with the connection after `after` chunks (default: half)
  cut_body,        ///< the connection ends after half of the body
  malformed_json,  ///< a complete HTTP answer whose JSON ends too early
  broken_content,  ///< a valid completion whose content is JSON that ends too early
  prose,           ///< a valid completion that answers prose instead of JSON
  hang,            ///< no answer for `ms` (default: ten minutes)
  wrong_embedding_size,  ///< vectors of half the size that was asked for
  stall_stream,          ///< the stream says nothing for `ms` before event `after` (default: half)
  stream_error,          ///< the stream ends with an error event instead of event `after`
  unknown_tool,          ///< the first function call names a function that nobody offered
  invented_employer,     ///< a résumé or letter names an employer that is not in the material
  flag,                  ///< moderation flags every text
  status_after,          ///< the call is obeyed, then answered like `status`
  lost_reply,            ///< the call is obeyed, then the connection ends without the answer's body
  late_reply,            ///< the call is obeyed, then `ms` pass before the answer
  run_outcome,           ///< the run ends with the status that `body` names
  run_pause,             ///< the run pauses, until /control/skyvern/runs/{id} resumes it
  run_stuck,             ///< the run goes on running, until /control/skyvern/runs/{id} ends it
  run_blames_webhook,    ///< the work is done, and the run failed because of its webhook
  run_cancel_loses,      ///< a cancelled run turns out completed
  run_unlisted,          ///< the run is not in lists for `ms` (default: an hour)
  webhook_late,          ///< the run's webhooks come `ms` later
  webhook_repeat,        ///< they are sent again, `after` times (default: once)
  webhook_stale,         ///< after each, one comes that tells of the run as it was before
  webhook_forged,        ///< they are signed with another key
  webhook_lost,          ///< they are never sent
};

/// The faults that a new run keeps for later.
constexpr bool is_run_fault(FaultKind kind) noexcept { return kind >= FaultKind::run_outcome; }

/// Whether a run can end with this status by itself.
bool is_run_end(std::string_view status) noexcept;

/// The name in JSON.
std::string_view to_string(FaultKind kind) noexcept;

/// One order of faults.
struct Fault {
  std::uint64_t id = 0;
  std::string path_prefix;
  std::string method;    ///< empty: any
  std::string contains;  ///< only requests whose body has these bytes; empty: any
  FaultKind kind = FaultKind::latency;
  std::int64_t ms = 0;
  int status = 500;
  std::int64_t after = -1;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::int64_t times = 1;  ///< how often it still strikes; -1: always
  double probability = 1;
};

/// Reads what POST /control/faults takes; Errc::invalid says what is wrong with it.
Result<Fault> read_fault(json::View value);

/// The orders in force. Which call a probability hits follows from the seed and the number of
/// calls.
class Faults {
public:
  explicit Faults(std::uint64_t seed) : seed_(seed) {}
  std::uint64_t add(Fault fault);
  /// The faults that strike this call, and counts them down.
  std::vector<Fault> take(std::string_view method, std::string_view path, std::string_view body);
  void clear();
  bool remove(std::uint64_t id);
  /// All in force as a JSON list.
  std::string to_json() const;

private:
  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
  std::uint64_t next_ = 1;
  std::uint64_t draws_ = 0;
};

}  // namespace jobraker::sandbox
