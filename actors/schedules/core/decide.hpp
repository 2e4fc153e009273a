#pragma once

#include <cstdint>
#include <optional>

#include "actors/schedules/core/timing.hpp"

/// What is to be begun now, and when to look again. Every due time is dealt with once: by a run of
/// its own, or together with those that were missed beside it.
namespace jobraker::schedules {

/// What is known of a schedule at one moment.
struct Standing {
  const Timing* timing = nullptr;  ///< none: only by hand
  bool paused = false;
  std::optional<Time> next_at{};     ///< the earliest due time that nobody has dealt with
  std::optional<Time> busy_until{};  ///< a run is under way, alive at least until then
};

/// A run to begin. It holds once whoever stores it finds `due_at` still to be dealt with.
struct Beginning {
  Time due_at{};
  std::int64_t missed = 0;  ///< later due times that have passed, too; counted to `missed_max`
  std::optional<Time> next_at{};  ///< the first due time after now
  bool operator==(const Beginning&) const = default;
};

inline constexpr std::int64_t missed_max = 1000;

struct Decision {
  std::optional<Beginning> begin{};
  std::optional<Time> look_at{};  ///< nothing can change before then by itself
  bool operator==(const Decision&) const = default;
};

/// What to do at `now`. However long nobody looked, one run makes up for all due times that have
/// passed. While a run is under way nothing begins: what came due waits for its end, or for the end
/// of its lease when its node is gone.
Decision decide(const Standing& standing, Time now);

/// The next due time once a run has ended at `now`: what came due while it ran is passed over.
std::optional<Time> next_after_run(const Standing& standing, Time now);

/// The next due time of a schedule that is new, has got other times, or is resumed at `now`: what
/// has passed by then is not made up for.
std::optional<Time> next_from(const Timing* timing, Time now);

}  // namespace jobraker::schedules
