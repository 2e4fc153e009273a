#pragma once

#include <cstdint>
#include <string_view>

#include "actors/system/cell_figures.hpp"
#include "messages/inspection/rows.hpp"

namespace jobraker::inspection {

/// One actor as a scan sees it; `path` is valid only while it is looked at.
struct Sample : CellFigures {
  std::string_view path{};
  std::string_view kind{};  ///< of static storage
  bool rated = false;
  double rate = 0;  ///< messages/s, if `rated`
};

/// What an actor is at; `waits`: something is under way for it although its counters do not say so.
constexpr ActorState state_of(const Sample& s, bool waits) noexcept {
  if (s.paused)
    return ActorState::paused;
  if (s.draining)
    return ActorState::draining;
  if (s.running)
    return ActorState::running;
  if (s.mailbox > 0)
    return ActorState::queued;
  return s.awaits > 0 || waits ? ActorState::waiting : ActorState::idle;
}

/// Microseconds that a message waited on average, those that still wait included.
constexpr std::uint64_t mean_wait_us(const Sample& s) noexcept {
  const auto messages = s.handled + s.mailbox + (s.running ? 1 : 0);
  return messages == 0 ? 0 : s.waited_us / messages;
}

/// How long the present handler has been running at `now_ns`; 0 when none does.
constexpr std::int64_t running_us(const Sample& s, std::int64_t now_ns) noexcept {
  return s.running && now_ns > s.last_ns ? (now_ns - s.last_ns) / 1000 : 0;
}

}  // namespace jobraker::inspection
