#include "actors/llm/retry.hpp"

#include <algorithm>

namespace jobraker {

std::optional<std::chrono::milliseconds> retry_wait(int attempt,
                                                    std::optional<std::chrono::milliseconds> asked,
                                                    double dice, std::chrono::milliseconds left) {
  using std::chrono::milliseconds;
  auto doublings = std::clamp(attempt - 2, 0, 5);
  auto span = milliseconds{500} * (1 << doublings);
  auto wait = milliseconds{static_cast<std::int64_t>(dice * static_cast<double>(span.count()))};
  if (asked)
    wait = *asked + wait / 4;  // a little jitter, so that everybody does not come back at once
  if (wait >= left)
    return std::nullopt;
  return wait;
}

}  // namespace jobraker
