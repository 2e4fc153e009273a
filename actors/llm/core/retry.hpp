#pragma once

#include <chrono>
#include <optional>

namespace jobraker::llm {

/// How long to wait before attempt number `attempt` (2 is the first repetition): what the server
/// asked for and a little more, so that everybody does not come back at once; else full jitter over
/// a span that doubles from 500 ms to 16 s (AWS architecture blog, "Exponential backoff and
/// jitter"). `dice` is uniform in [0, 1). Nothing when the wait would not fit into `left`, which is
/// what remains of the request's deadline.
std::optional<std::chrono::milliseconds> retry_wait(int attempt,
                                                    std::optional<std::chrono::milliseconds> asked,
                                                    double dice, std::chrono::milliseconds left);

}  // namespace jobraker::llm
