#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace jobraker::bench {

using Clock = std::chrono::steady_clock;

/// Durations of one kind, in milliseconds.
class Spread {
public:
  void add(Clock::duration d) {
    values_.push_back(std::chrono::duration<double, std::milli>(d).count());
  }
  std::size_t count() const { return values_.size(); }
  /// The value that this share (0 to 1) of all does not exceed; 0 when there is none.
  double at(double share) const;
  /// `p50 1.234  p99 5.678  max 9.000 ms (100)`
  std::string text() const;

private:
  mutable std::vector<double> values_{};
  mutable bool sorted_ = false;
};

/// Processor time a process has used so far, in seconds (proc(5): utime and stime of
/// /proc/PID/stat).
double cpu_seconds(int pid);

/// Memory of a process in bytes (proc(5): smaps_rollup).
struct Memory {
  std::int64_t resident = 0;
  std::int64_t anonymous = 0;  ///< heap and stacks: what the process itself has written
};
Memory memory_of(int pid);

}  // namespace jobraker::bench
