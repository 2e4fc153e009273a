#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "messages/time.hpp"

/// When to act next. Pure.
namespace jobraker::applications {

using Milliseconds = std::chrono::milliseconds;

/// The times of a submission's life; the configuration's sections [applications] and [skyvern].
struct Schedule {
  Milliseconds call{60'000};       ///< deadline of one call to Skyvern
  Milliseconds poll{30'000};       ///< until a run is first asked after
  Milliseconds poll_max{600'000};  ///< between two such questions
  Milliseconds look_up{20'000};    ///< between two searches for a run
  std::int64_t look_ups = 5;       ///< searches before a person must look
  Milliseconds stale{7'200'000};   ///< without news after which people are told
  std::int64_t refusals = 8;       ///< of a run before the application has failed
};

/// How long one may hold the right to send while the call that starts a run is under way: longer
/// than the call's deadline by far more than clocks disagree.
Milliseconds lease(const Schedule& schedule);

/// The wait before a run is asked after once more, `polls` times of which are over: half as long
/// again each time.
Milliseconds poll_wait(const Schedule& schedule, std::int64_t polls);

/// The wait after Skyvern refused to start a run for the `refusals`th time (from 1): what it asked
/// for, or 5 s, 10 s, 20 s … 10 min.
Milliseconds refusal_wait(std::int64_t refusals, std::optional<Milliseconds> asked);

/// The wait before a run is searched for again, `failures` searches in a row of which were not
/// answered: half as long again each time.
Milliseconds look_up_wait(const Schedule& schedule, std::int64_t failures);

/// After so long without news nobody waits for a run any more: twelve times `stale`, a day as
/// configured by default.
Milliseconds give_up(const Schedule& schedule);
/// How often a cancelled run is asked after: it may turn out completed.
inline constexpr std::int64_t canceled_polls = 3;

/// May somebody send to an employer now? `next` is when its turn is next, kept beside the employer;
/// `running` how many runs are under way. Nothing: now. Otherwise when to ask again.
std::optional<Time> pace(Time now, std::optional<Time> next, std::int64_t running,
                         std::int64_t running_max);

}  // namespace jobraker::applications
