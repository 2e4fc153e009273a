#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstring>

#include "messages/spans.hpp"

// Where finished spans are remembered; for spans.cpp alone.
namespace jobraker {

/// A span as words that one thread writes and all may read: a sequence lock without undefined
/// behaviour (Boehm, "Can seqlocks get along with programming language memory models?", 2012).
class SpanSlot {
public:
  /// Half the trace of what it holds; 0: nothing, or what belongs to none. For the writer.
  std::uint64_t half_of_trace() const noexcept { return words_[2].load(std::memory_order_relaxed); }

  void write(const Span& span) noexcept {
    const auto turn = turn_.load(std::memory_order_relaxed);
    turn_.store(turn + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    std::array<std::uint64_t, 2> trace;
    std::memcpy(trace.data(), span.trace.data(), 16);
    const std::array<std::uint64_t, words> values{
      span.id,
      span.parent,
      trace[0],
      trace[1],
      span.actor,
      span.sender,
      static_cast<std::uint64_t>(span.began_ns),
      span.wait_ns,
      span.run_ns,
      std::bit_cast<std::uint64_t>(span.name.data()),
      static_cast<std::uint64_t>(span.name.size()) << 16 |
        static_cast<std::uint64_t>(span.kind) << 8 | (span.failed ? 1u : 0u)};
    for (std::size_t i = 0; i < words; ++i)
      words_[i].store(values[i], std::memory_order_relaxed);
    turn_.store(turn + 2, std::memory_order_release);
  }

  /// False when nothing is there, or it was written meanwhile.
  bool read(Span& span) const noexcept {
    const auto turn = turn_.load(std::memory_order_acquire);
    if (turn == 0 || turn % 2 != 0)
      return false;
    std::array<std::uint64_t, words> values;
    for (std::size_t i = 0; i < words; ++i)
      values[i] = words_[i].load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (turn_.load(std::memory_order_relaxed) != turn)
      return false;
    span.id = values[0];
    span.parent = values[1];
    std::memcpy(span.trace.data(), &values[2], 16);
    span.actor = values[4];
    span.sender = values[5];
    span.began_ns = static_cast<std::int64_t>(values[6]);
    span.wait_ns = values[7];
    span.run_ns = values[8];
    span.name = {std::bit_cast<const char*>(values[9]), values[10] >> 16};
    span.kind = static_cast<SpanKind>(values[10] >> 8 & 0xFF);
    span.failed = values[10] & 1;
    return true;
  }

private:
  static constexpr std::size_t words = 11;
  std::atomic<std::uint64_t> turn_{0};
  std::array<std::atomic<std::uint64_t>, words> words_{};
};

/// Half of a trace's id, by which it is known well enough: ids are random.
inline std::uint64_t half_of_trace(const std::array<std::uint8_t, 16>& trace) noexcept {
  std::uint64_t half;
  std::memcpy(&half, trace.data(), sizeof half);
  return half;
}

/// Traces of which spans were overwritten; a later one takes the place of an earlier one. Written
/// by one thread, read by all.
class LostTraces {
public:
  void note(std::uint64_t half) noexcept {
    places_[half % places_.size()].store(half, std::memory_order_relaxed);
  }
  bool has(std::uint64_t half) const noexcept {
    return half != 0 && places_[half % places_.size()].load(std::memory_order_relaxed) == half;
  }

private:
  std::array<std::atomic<std::uint64_t>, 4096> places_{};
};

struct SpanRing {
  std::array<SpanSlot, spans_remembered> slots;
  std::size_t next = 0;  ///< the writer's own
};

}  // namespace jobraker
