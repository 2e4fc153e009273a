#pragma once

#include <chrono>
#include <cstdint>

#include "messages/result.hpp"

namespace jobraker::events {

/// What becomes of an event that could not be handled.
enum class AfterFailure : std::uint8_t {
  outage,  ///< somebody else is away: wait and try again, however often
  retry,   ///< it may be luck: try again
  give_up  ///< it will not get better: to the dead letters
};

/// After the `attempt`-th failure, outages not counted, with at most `attempts_max` of them.
AfterFailure after_failure(const Error& error, std::int64_t attempt, std::int64_t attempts_max);

/// Whether an event that could not be written down as a dead letter never will be: its text is the
/// reason. Anything else ends some day (a standby becomes the primary, a migration is run), and the
/// event would be lost.
bool never_storable(const Error& error);

/// How long to wait before the next attempt: doubled each time up to half a minute, and the last
/// half of it random (`chance` in [0, 1)), so that those who failed together do not come back
/// together.
std::chrono::milliseconds wait_before(std::int64_t failures, double chance);

}  // namespace jobraker::events
