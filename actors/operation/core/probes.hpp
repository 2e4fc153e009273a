#pragma once

#include <chrono>
#include <optional>

namespace jobraker::operation {

/// When a probe came, and what follows for the next one. A value; time comes in from outside.
class Probes {
public:
  using Time = std::chrono::steady_clock::time_point;

  /// A probe came.
  void came(Time now) noexcept;

  /// Until when another is to be expected, with half an interval to spare: nothing when there were
  /// fewer than two, or when the next is overdue, so that nobody seems to ask any more.
  std::optional<Time> expected_until(Time now) const noexcept;

private:
  std::optional<Time> last_;
  std::optional<Time::duration> interval_;
};

}  // namespace jobraker::operation
