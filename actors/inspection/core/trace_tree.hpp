#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "messages/spans.hpp"

namespace jobraker::inspection {

/// A span's place in the tree of its trace.
struct PlacedSpan {
  Span span{};
  std::uint64_t parent = 0;  ///< in the tree; 0: none that is remembered
  std::int64_t depth = 0;
};

struct TraceTree {
  std::vector<PlacedSpan> spans{};  ///< parents first, brothers and sisters by time
  bool truncated = false;           ///< some are missing
};

/// The tree of one trace from its spans, at most `most` of them, the earliest. A span whose parent
/// is not among them stands at the root: the caller's own span, of course, and what hangs below a
/// span that is forgotten or not over yet. Broken input (cycles, ids twice) does no harm.
TraceTree build_trace(std::vector<Span> spans, std::size_t most);

/// A trace in short.
struct TraceSummary {
  std::array<std::uint8_t, 16> trace{};
  Span root{};  ///< the first request; without one, the first span
  std::int64_t began_ns = 0;
  std::int64_t ended_ns = 0;
  std::size_t spans = 0;
  bool failed = false;
};

/// Sums spans up by trace, unordered; what belongs to no trace is left out.
std::vector<TraceSummary> summarise(const std::vector<Span>& spans);

/// When a span was over.
inline std::int64_t end_of(const Span& span) noexcept {
  return span.began_ns + static_cast<std::int64_t>(span.wait_ns + span.run_ns);
}

}  // namespace jobraker::inspection
