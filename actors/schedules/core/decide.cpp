#include "actors/schedules/core/decide.hpp"

namespace jobraker::schedules {

std::optional<Time> next_from(const Timing* timing, Time now) {
  return timing == nullptr ? std::nullopt : next_after(*timing, now);
}

Decision decide(const Standing& standing, Time now) {
  if (standing.busy_until)
    return {{}, standing.busy_until};
  if (standing.paused || !standing.next_at || standing.timing == nullptr)
    return {};
  if (*standing.next_at > now)
    return {{}, standing.next_at};
  Beginning begin{*standing.next_at, 0, next_from(standing.timing, now)};
  for (auto due = next_after(*standing.timing, begin.due_at);
       due && *due <= now && begin.missed < missed_max; due = next_after(*standing.timing, *due))
    ++begin.missed;
  return {begin, begin.next_at};
}

std::optional<Time> next_after_run(const Standing& standing, Time now) {
  if (!standing.next_at || *standing.next_at > now)
    return standing.next_at;
  return next_from(standing.timing, now);
}

}  // namespace jobraker::schedules
