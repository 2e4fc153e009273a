#pragma once

#include <chrono>
#include <optional>

namespace jobraker {

/// How long to wait before attempt number `attempt` (2 is the first repetition): what the server
/// asked for, else full jitter over a doubling span (AWS architecture blog, "Exponential backoff
/// and jitter"). `dice` is uniform in [0, 1). Nothing when the wait would not fit into `left`.
std::optional<std::chrono::milliseconds> retry_wait(int attempt,
                                                    std::optional<std::chrono::milliseconds> asked,
                                                    double dice, std::chrono::milliseconds left);

}  // namespace jobraker
