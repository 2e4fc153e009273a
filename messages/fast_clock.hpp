#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace jobraker {

/// The steady clock, read through the processor's time-stamp counter where that counts evenly
/// ("invariant TSC", Intel SDM vol. 3B §18.17). Each thread holds the counter against the steady
/// clock, at first after each millisecond and in the end once a second. Between two such looks it
/// is off by what the clock's rate has changed meanwhile, microseconds while NTP slews it, and a
/// look may set it back by as much: differences are to be held at zero. It costs about half.
struct FastClock {
  std::uint64_t counter = 0;        ///< at the last look
  std::uint64_t valid = 0;          ///< counts after which it looks again; 0: at once
  std::uint64_t mult = 0;           ///< nanoseconds a count, times 2^32
  std::int64_t nanoseconds = 0;     ///< at the last look
  std::uint64_t first_counter = 0;  ///< where the rate is measured from
  std::int64_t first_nanoseconds = 0;

  std::int64_t now() noexcept {
#if defined(__x86_64__)
    const auto passed = __rdtsc() - counter;
    if (passed < valid)
      return nanoseconds + static_cast<std::int64_t>(static_cast<std::uint64_t>(
                             static_cast<unsigned __int128>(passed) * mult >> 32));
#endif
    return look();
  }

private:
  std::int64_t look() noexcept;
};

/// Nanoseconds of the steady clock.
inline std::int64_t steady_nanoseconds() noexcept {
  static thread_local constinit FastClock clock{};
  return clock.now();
}

}  // namespace jobraker
