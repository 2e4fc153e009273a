#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "messages/time.hpp"
#include "tools/sandbox/usage.hpp"

namespace jobraker::sandbox {

/// How a call ended, as a provider's invoice would have it.
enum class Outcome : std::uint8_t {
  ok,            ///< answered in full, and billed
  aborted,       ///< a stream whose reader left: the prompt and what was sent are billed
  cut,           ///< a stream ended by the fault `cut_stream` or `stream_error`: billed alike
  refused,       ///< 4xx by the rules: not billed
  rate_limited,  ///< 429 by the limits: not billed
  fault,         ///< answered by a fault, or its answer was ruined on the way by one: not billed
  hung,          ///< not answered: not billed
};

/// The name in JSON.
std::string_view to_string(Outcome outcome) noexcept;

/// What one call is counted as.
struct Bill {
  std::string id;  ///< the answer's own, e.g. `chatcmpl-…`; empty for services without
  std::string endpoint;
  std::string model;
  Outcome outcome = Outcome::ok;
  int status = 200;
  Usage usage;
};

/// What has been answered, in sums.
struct Tally {
  std::uint64_t calls = 0;
  std::uint64_t failed = 0;  ///< answered 4xx or 5xx
  Usage usage;
};

/// One request as GET /control/requests shows it. Keys and Authorization values are not kept.
struct SeenRequest {
  std::uint64_t number = 0;
  Time at{};
  std::string method, path, query, model, body, request_id, traceparent, user_agent;
  int status = 0;
  std::vector<std::string> faults;
};

/// Counts everything served and remembers the last requests. Safe from several threads.
class Served {
public:
  /// A call that has ended. Tokens count only when its outcome is one that is billed.
  void count(Bill bill);
  void remember(SeenRequest request);
  void clear();
  /// A model's call is being answered as long as somebody holds this.
  std::shared_ptr<void> flight();

  /// `{"calls","in_flight","totals":{…},"endpoints":{…},"models":{…},"outcomes":[…]}`; with ids,
  /// each entry of `outcomes` lists the answers' ids (the last 10,000 calls' at most).
  std::string to_json(bool ids = false) const;
  /// The bills after that number, oldest first: `{"calls":[{"number","id",…}]}`
  std::string bills_json(std::uint64_t after, std::size_t limit) const;
  /// The last `limit` whose path starts so, oldest first.
  std::string requests_json(std::string_view path_prefix, std::size_t limit) const;

private:
  using Group = std::tuple<std::string, std::string, Outcome>;  ///< endpoint, model, outcome
  struct Numbered {
    std::uint64_t number;
    Bill bill;
  };
  mutable std::mutex mutex_;
  std::map<Group, Tally> groups_;
  std::deque<Numbered> bills_;
  std::deque<SeenRequest> requests_;
  std::uint64_t next_ = 1, next_bill_ = 1;
  std::shared_ptr<std::atomic<std::int64_t>> flying_ =
    std::make_shared<std::atomic<std::int64_t>>(0);
};

}  // namespace jobraker::sandbox
