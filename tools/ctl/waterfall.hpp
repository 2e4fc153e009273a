#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace jobraker::ctl {

/// When something waited and ran, in microseconds from the beginning; at most 2^60 each, not
/// negative.
struct Stretch {
  std::int64_t start = 0;
  std::int64_t wait = 0;
  std::int64_t run = 0;
  std::int64_t end() const noexcept { return start + wait + run; }
};

/// The stretch as a bar within `columns` that stand for [0, whole]: blanks, `░` for waiting, `█`
/// for running. At least one character is filled; what lies outside is at the edge. Without
/// columns nothing.
std::string waterfall_bar(const Stretch& stretch, std::int64_t whole, std::size_t columns);

}  // namespace jobraker::ctl
