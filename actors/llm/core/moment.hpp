#pragma once

#include <chrono>

namespace jobraker::llm {

/// A moment as the gateway's pure pieces take it: a value from the monotonic clock, never read
/// here.
using Moment = std::chrono::steady_clock::time_point;

}  // namespace jobraker::llm
