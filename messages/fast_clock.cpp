#include "messages/fast_clock.hpp"

#include <algorithm>
#include <chrono>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace jobraker {
namespace {

constexpr std::int64_t shortest_baseline = 1'000'000, longest_trust = 1'000'000'000;
/// The steady clock is slewed (NTP), so its rate is that of the last seconds, not of all time.
constexpr std::int64_t longest_baseline = 8'000'000'000;

bool counts_evenly() noexcept {
#if defined(__x86_64__)
  static const bool evenly = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & 1u << 8) != 0;
  }();
  return evenly;
#else
  return false;
#endif
}

std::int64_t steady() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
           std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

}  // namespace

std::int64_t FastClock::look() noexcept {
  const auto now = steady();
#if defined(__x86_64__)
  if (!counts_evenly())
    return now;
  const auto count = __rdtsc();
  const auto baseline = now - first_nanoseconds;
  if (first_counter == 0 || count <= first_counter) {
    first_counter = count;
    first_nanoseconds = now;
    return now;
  }
  if (baseline < shortest_baseline)
    return now;
  const auto rate = static_cast<std::uint64_t>((static_cast<unsigned __int128>(baseline) << 32) /
                                               (count - first_counter));
  const auto apart = rate > mult ? rate - mult : mult - rate;
  if (mult != 0 && apart > mult / 1000) {
    // The machine slept, or moved: what was measured before is worth nothing.
    *this = FastClock{};
    first_counter = count;
    first_nanoseconds = now;
    return now;
  }
  mult = rate;
  counter = count;
  nanoseconds = now;
  // Trusted for as long as it was measured, so that an error of the measurement stays as small.
  const auto trusted = static_cast<unsigned __int128>(std::min(baseline, longest_trust));
  valid = static_cast<std::uint64_t>((trusted << 32) / rate);
  if (baseline > longest_baseline) {
    first_counter = count;
    first_nanoseconds = now;
  }
#endif
  return now;
}

}  // namespace jobraker
