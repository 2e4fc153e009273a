#include "actors/llm/core/retry.hpp"

#include <algorithm>
#include <cstdint>

namespace jobraker::llm {

using std::chrono::milliseconds;

std::optional<milliseconds> retry_wait(int attempt, std::optional<milliseconds> asked, double dice,
                                       milliseconds left) {
  auto doublings = std::clamp(attempt - 2, 0, 5);
  auto span = milliseconds{500} * (1 << doublings);
  auto wait = milliseconds{static_cast<std::int64_t>(dice * static_cast<double>(span.count()))};
  if (asked && *asked >= left)
    return std::nullopt;  // before anything is added: it may be as large as the type
  if (asked)
    wait = std::max(*asked, milliseconds{0}) + wait / 4;
  if (wait >= left)
    return std::nullopt;
  return wait;
}

}  // namespace jobraker::llm
