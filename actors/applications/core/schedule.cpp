#include "actors/applications/core/schedule.hpp"

#include <algorithm>

namespace jobraker::applications {

Milliseconds lease(const Schedule& schedule) {
  return schedule.call + std::max<Milliseconds>(std::chrono::seconds{2}, schedule.call / 4);
}

namespace {

/// `first`, and half as long again each of `times` times, but not above `most` unless it began
/// there.
Milliseconds grown(Milliseconds first, std::int64_t times, Milliseconds most) {
  auto wait = first;
  for (std::int64_t i = 0; i < times && wait < most; ++i)
    wait += wait / 2;
  return std::min(wait, std::max(first, most));
}

}  // namespace

Milliseconds poll_wait(const Schedule& schedule, std::int64_t polls) {
  return grown(schedule.poll, polls, schedule.poll_max);
}

Milliseconds look_up_wait(const Schedule& schedule, std::int64_t failures) {
  return grown(schedule.look_up, failures, schedule.poll_max);
}

Milliseconds give_up(const Schedule& schedule) { return 12 * schedule.stale; }

Milliseconds refusal_wait(std::int64_t refusals, std::optional<Milliseconds> asked) {
  constexpr Milliseconds most = std::chrono::minutes{10};
  if (asked && asked->count() > 0)
    return std::min(*asked, Milliseconds{std::chrono::hours{1}});
  Milliseconds wait = std::chrono::seconds{5};
  for (std::int64_t i = 1; i < refusals && wait < most; ++i)
    wait *= 2;
  return std::min(wait, most);
}

std::optional<Time> pace(Time now, std::optional<Time> next, std::int64_t running,
                         std::int64_t running_max) {
  if (next && *next > now)
    return *next;
  if (running >= running_max)
    return now + std::chrono::seconds{5};  // one of them may end at any time
  return std::nullopt;
}

}  // namespace jobraker::applications
