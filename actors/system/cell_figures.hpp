#pragma once

#include <cstdint>

#include "actors/system/actor_cell.hpp"

namespace jobraker {

/// What the counters of one cell say at one moment.
struct CellFigures {
  std::uint64_t id = 0;       ///< CAF's
  std::uint64_t mailbox = 0;  ///< messages that came and were not taken yet
  std::uint64_t handled = 0;
  std::uint64_t busy_ns = 0;
  std::uint64_t waited_us = 0;      ///< of all messages together, those still waiting included
  std::uint64_t bytes = 0;          ///< about what its state holds; 0: not known
  std::int64_t last_ns = 0;         ///< steady clock: when the last message was taken; 0: none yet
  const char* last_type = nullptr;  ///< mangled; null: none yet
  std::uint32_t failures = 0;
  std::uint32_t dropped = 0;
  std::uint32_t restarts = 0;  ///< of whoever lived at its path
  std::uint32_t awaits = 0;    ///< effects under way whose results will come back to it
  std::uint32_t born_s = 0;    ///< Unix time
  bool running = false;
  bool paused = false;
  bool draining = false;
};

/// Reads a cell, but for the restarts, which are in none. `now_us`: of the steady clock.
inline CellFigures read_cell(const ActorCell& cell, std::uint64_t now_us) noexcept {
  constexpr auto relaxed = std::memory_order_relaxed;
  CellFigures out;
  out.id = cell.actor_id;
  out.born_s = cell.born_s;
  // In this order: what is taken has come before.
  out.handled = cell.handled.load(relaxed);
  const auto taken_sum = cell.taken_sum_us.load(relaxed);
  const auto came_sum = cell.enqueued_sum_us.load(relaxed);
  const auto came = cell.enqueued.load(relaxed);
  out.last_ns = cell.last_ns.load(relaxed);
  out.running = (out.last_ns & 1) != 0;
  const auto taken = out.handled + (out.running ? 1 : 0);
  out.mailbox = came > taken ? came - taken : 0;
  const auto waited = static_cast<std::int64_t>(taken_sum + out.mailbox * now_us - came_sum);
  // Read one after the other, the sums may belong to different moments; then there is no figure.
  out.waited_us = waited > 0 ? static_cast<std::uint64_t>(waited) : 0;
  out.failures = cell.failures.load(relaxed);
  out.dropped = cell.dropped.load(relaxed);
  out.awaits = cell.awaits.load(relaxed);
  out.busy_ns = cell.busy_ns.load(relaxed);
  out.bytes = unpack_bytes(cell.bytes.load(relaxed));
  const auto flags = cell.flags.load(relaxed);
  out.paused = (flags & ActorCell::paused) != 0;
  out.draining = (flags & ActorCell::draining) != 0;
  out.last_type = cell.last_type.load(relaxed);
  return out;
}

}  // namespace jobraker
