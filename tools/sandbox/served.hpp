#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

namespace jobraker::sandbox {

/// What has been answered, in sums.
struct Tally {
  std::uint64_t calls = 0;
  std::uint64_t failed = 0;  ///< answered 4xx or 5xx
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
};

/// One request as GET /control/requests shows it. Keys and Authorization values are not kept.
struct SeenRequest {
  std::uint64_t number = 0;
  Time at{};
  std::string method, path, query, model, body, request_id, traceparent, user_agent;
  int status = 0;
  std::vector<std::string> faults;
};

/// Counts everything served and remembers the last requests.
class Served {
public:
  void count(std::string_view endpoint, std::string_view model, int status,
             std::uint64_t prompt_tokens, std::uint64_t completion_tokens);
  void remember(SeenRequest request);
  void clear();
  /// `{"calls":…,"endpoints":{…},"models":{…}}`
  std::string to_json() const;
  /// The last `limit` whose path starts so, oldest first.
  std::string requests_json(std::string_view path_prefix, std::size_t limit) const;
  /// Requests and tokens since the minute began, for the rate-limit headers.
  std::pair<std::uint64_t, std::uint64_t> this_minute(Time now);

private:
  mutable std::mutex mutex_;
  std::map<std::string, Tally> endpoints_, models_;
  std::deque<SeenRequest> requests_;
  std::uint64_t next_ = 1;
  std::int64_t minute_ = 0;
  std::uint64_t minute_requests_ = 0, minute_tokens_ = 0;
};

}  // namespace jobraker::sandbox
