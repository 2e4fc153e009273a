#include "actors/system/backoff.hpp"

#include <algorithm>

namespace jobraker {
namespace {

constexpr std::chrono::seconds quiet{60};

}  // namespace

void CrashHistory::crashed(Clock::time_point now) {
  if (in_a_row_ > 0 && now - last_ > quiet)
    in_a_row_ = 0;
  ++in_a_row_;
  last_ = now;
}

std::chrono::milliseconds CrashHistory::wait(Clock::time_point now) const {
  auto due = last_ + delay(in_a_row_);
  if (in_a_row_ == 0 || now >= due)
    return std::chrono::milliseconds{0};
  return std::chrono::ceil<std::chrono::milliseconds>(due - now);
}

std::chrono::milliseconds CrashHistory::delay(std::uint32_t crashes) {
  if (crashes <= 1)
    return std::chrono::milliseconds{0};
  auto doubled = std::min<std::uint32_t>(crashes - 2, 8);
  return std::min<std::chrono::milliseconds>(std::chrono::milliseconds{200} * (1 << doubled),
                                             std::chrono::seconds{30});
}

}  // namespace jobraker
