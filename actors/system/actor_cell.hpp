#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace caf {
class actor_control_block;
}

namespace jobraker {

/// Bounds of the histogram of times in handlers, in microseconds: bucket i counts what took less
/// than bounds[i] and not less than the bound before; the last bucket has none.
inline constexpr std::array<std::uint32_t, 9> handler_bounds_us{2,    8,    32,    128,   512,
                                                                2048, 8192, 32768, 131072};
using HandlerHistogram = std::array<std::uint32_t, handler_bounds_us.size() + 1>;

/// The bucket of a time in a handler.
constexpr std::size_t handler_bucket(std::uint64_t nanoseconds) noexcept {
  const auto microseconds = nanoseconds / 1000;
  std::size_t bucket = 0;
  while (bucket < handler_bounds_us.size() && microseconds >= handler_bounds_us[bucket])
    ++bucket;
  return bucket;
}

/// A number of bytes in sixteen bits: eleven of its first ones and how many follow, so that it is
/// off by less than a thousandth. 0 stays 0; from 4 TB on it is that much.
constexpr std::uint16_t pack_bytes(std::uint64_t bytes) noexcept {
  const auto width = static_cast<unsigned>(std::bit_width(bytes));
  const auto shift = width > 11 ? width - 11 : 0;
  return shift > 31 ? 0xFFFF : static_cast<std::uint16_t>(shift << 11 | bytes >> shift);
}
constexpr std::uint64_t unpack_bytes(std::uint16_t packed) noexcept {
  return static_cast<std::uint64_t>(packed & 0x7FF) << (packed >> 11);
}

/// What one actor publishes of itself: written without a lock by whoever runs the actor (the first
/// part by its senders), read by anybody at any time. Two cache lines.
///
/// How long messages wait follows from sums, without a stamp on each of them: of all messages ever
/// sent here, the waiting is (sum of the times they were taken) - (sum of the times they came), and
/// what still waits counts as taken now. All sums are of microseconds since the cell was taken,
/// modulo 2^64.
struct alignas(64) ActorCell {
  // By senders.
  std::atomic<std::uint64_t> enqueued{0};
  std::atomic<std::uint64_t> enqueued_sum_us{0};
  std::array<std::atomic<std::uint32_t>, 4> stamps{};  ///< microseconds; of the last four messages
  // Guarded by the slab's mutex.
  const char* path = nullptr;  ///< NUL-terminated; null in a free cell
  caf::actor_control_block* actor = nullptr;
  std::uint32_t actor_id = 0;
  std::uint32_t born_s = 0;  ///< Unix time
  std::uint16_t path_size = 0;
  std::uint8_t kind = 0;
  std::atomic<std::uint8_t> flags{0};
  std::atomic<std::uint16_t> awaits{0};  ///< effects under way whose results come back to it
  std::atomic<std::uint16_t> bytes{0};   ///< about what its state holds, packed; 0: not known

  /// Bits of `flags`; `restarted`: the registry knows how often.
  static constexpr std::uint8_t paused = 1, draining = 2, watched = 4, restarted = 8;

  // By whoever runs it.
  alignas(64) std::atomic<std::uint64_t> handled{0};
  std::atomic<std::uint64_t> taken_sum_us{0};
  std::atomic<std::uint64_t> busy_ns{0};
  std::atomic<std::int64_t> last_ns{0};  ///< when the last message was taken; bit 0: still running
  std::atomic<const char*> last_type{nullptr};  ///< mangled
  std::array<std::atomic<std::uint16_t>, handler_bounds_us.size() + 1> histogram{};
  std::atomic<std::uint16_t> failures{0};
  std::atomic<std::uint16_t> dropped{0};  ///< requests whose deadline had passed
};
static_assert(sizeof(ActorCell) == 128);

}  // namespace jobraker
