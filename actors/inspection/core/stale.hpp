#pragma once

#include <chrono>
#include <vector>

#include "actors/inspection/core/alarms.hpp"
#include "messages/inspection/under_way.hpp"

namespace jobraker::inspection {

/// After how long without a step work is stale.
struct StaleLimits {
  std::chrono::minutes kit{30};           ///< one takes a few
  std::chrono::minutes application{120};  ///< `applications.stale_minutes`
};

/// Which work stands still, as alarms weigh it: 1 is its limit. An application is stuck by the one
/// definition (actors/applications/core/stuck.hpp), which the list of the operator and the metrics
/// have, too; but who waits for its person is no alarm. For a kit its time decides.
std::vector<Conspicuous> stale_work(const std::vector<WorkUnderWay>& work,
                                    const StaleLimits& limits, Time now);

}  // namespace jobraker::inspection
