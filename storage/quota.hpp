#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "messages/time.hpp"
#include "storage/session.hpp"

/// How often a source may be called, remembered across restarts and shared by all nodes.
namespace jobraker::storage {

/// At most `limit` calls within any interval of this length (a sliding window, so it also holds for
/// every calendar minute, day, week or month that is not longer).
struct QuotaWindow {
  std::chrono::seconds length{60};
  std::int64_t limit = 1;
};

/// Takes one call from all windows, or from none: then Errc::rate_limited, with `retry_after` until
/// all windows have room. Calls are remembered for as long as the longest window given. A `now`
/// that lies before the last call taken counts as that one, so that clocks that disagree never
/// allow more.
task<Done> take_quota(Session& session, std::string source, std::vector<QuotaWindow> windows,
                      Time now);

/// Calls taken within each window that ends at `now`.
task<Result<std::vector<std::int64_t>>> quota_used(Session& session, std::string source,
                                                   std::vector<QuotaWindow> windows, Time now);

}  // namespace jobraker::storage
