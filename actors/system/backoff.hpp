#pragma once

#include <chrono>
#include <cstdint>

namespace jobraker {

/// How a crash is answered: restart at once the first time, then later and later. Pure; time comes
/// in.
class CrashHistory {
public:
  using Clock = std::chrono::steady_clock;

  /// Books a crash.
  void crashed(Clock::time_point now);

  /// How long to wait from `now` until the next start; zero when it may start.
  std::chrono::milliseconds wait(Clock::time_point now) const;

  /// Crashes without a quiet minute between them.
  std::uint32_t in_a_row() const noexcept { return in_a_row_; }

  /// Delay before start number `crashes`: 0, 0.2 s, 0.4 s, … 30 s.
  static std::chrono::milliseconds delay(std::uint32_t crashes);

private:
  std::uint32_t in_a_row_ = 0;
  Clock::time_point last_{};
};

}  // namespace jobraker
