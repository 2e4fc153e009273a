#pragma once

#include <chrono>
#include <cstdint>

#include "messages/fast_clock.hpp"
#include "messages/time.hpp"

namespace jobraker::inspection {

/// Turns the steady clock's nanoseconds, which spans and cells have, into times of day. Both clocks
/// are read once, so what one answer says belongs together.
class WallClock {
public:
  WallClock() : steady_ns_(steady_nanoseconds()), wall_(now()) {}

  std::int64_t steady_ns() const noexcept { return steady_ns_; }
  Time time() const noexcept { return wall_; }
  Time at(std::int64_t steady_ns) const noexcept {
    return wall_ + std::chrono::microseconds{(steady_ns - steady_ns_) / 1000};
  }

private:
  std::int64_t steady_ns_;
  Time wall_;
};

/// Seconds of Unix time, which cells have.
inline Time unix_time(std::uint32_t seconds) noexcept {
  return Time{std::chrono::seconds{seconds}};
}

}  // namespace jobraker::inspection
