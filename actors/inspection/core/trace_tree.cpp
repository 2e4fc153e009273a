#include "actors/inspection/core/trace_tree.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

namespace jobraker::inspection {
namespace {

bool earlier(const Span& a, const Span& b) {
  return a.began_ns != b.began_ns ? a.began_ns < b.began_ns : a.id < b.id;
}

struct TraceHash {
  std::size_t operator()(const std::array<std::uint8_t, 16>& id) const noexcept {
    std::uint64_t half[2];
    std::memcpy(half, id.data(), sizeof half);
    return half[0] ^ half[1];
  }
};

/// Walks the tree below `roots` without recursion: traces may be deep.
class Walk {
public:
  explicit Walk(const std::vector<Span>& spans) : spans_(spans), seen_(spans.size(), false) {
    std::unordered_map<std::uint64_t, std::size_t> at;
    for (std::size_t i = 0; i < spans.size(); ++i)
      at.emplace(spans[i].id, i);
    for (std::size_t i = 0; i < spans.size(); ++i) {
      const auto parent = at.find(spans[i].parent);
      if (parent == at.end() || spans[i].parent == 0 || parent->second == i)
        roots_.push_back(i);
      else
        children_[parent->second].push_back(i);
    }
  }

  void run(std::vector<PlacedSpan>& out) {
    for (const auto root : roots_)
      below(root, out);
    for (std::size_t i = 0; i < spans_.size(); ++i)  // what is left goes round in circles
      if (!seen_[i])
        below(i, out);
  }

private:
  void below(std::size_t root, std::vector<PlacedSpan>& out) {
    struct Step {
      std::size_t span;
      std::uint64_t parent;
      std::int64_t depth;
    };
    std::vector<Step> open{{root, 0, 0}};
    while (!open.empty()) {
      const auto step = open.back();
      open.pop_back();
      if (seen_[step.span])
        continue;
      seen_[step.span] = true;
      out.push_back({spans_[step.span], step.parent, step.depth});
      const auto below = children_.find(step.span);
      if (below == children_.end())
        continue;
      for (auto child = below->second.rbegin(); child != below->second.rend(); ++child)
        open.push_back({*child, spans_[step.span].id, step.depth + 1});
    }
  }

  const std::vector<Span>& spans_;
  std::vector<bool> seen_;
  std::vector<std::size_t> roots_{};
  std::unordered_map<std::size_t, std::vector<std::size_t>> children_{};
};

}  // namespace

TraceTree build_trace(std::vector<Span> spans, std::size_t most) {
  std::sort(spans.begin(), spans.end(), earlier);
  TraceTree tree;
  tree.truncated = spans.size() > most;
  if (tree.truncated)
    spans.resize(most);
  std::unordered_set<std::uint64_t> ids;
  for (const auto& span : spans)
    ids.insert(span.id);
  std::unordered_set<std::uint64_t> unknown;
  for (const auto& span : spans)
    if (span.parent != 0 && !ids.contains(span.parent))
      unknown.insert(span.parent);
  // One of them is the caller's own span.
  tree.truncated = tree.truncated || unknown.size() > 1;
  tree.spans.reserve(spans.size());
  Walk{spans}.run(tree.spans);
  return tree;
}

std::vector<TraceSummary> summarise(const std::vector<Span>& spans) {
  std::unordered_map<std::array<std::uint8_t, 16>, TraceSummary, TraceHash> traces;
  for (const auto& span : spans) {
    if (span.trace == decltype(span.trace){})
      continue;
    auto [at, fresh] = traces.try_emplace(span.trace);
    auto& sum = at->second;
    const bool request = span.kind == SpanKind::request;
    const bool has_request = sum.root.kind == SpanKind::request;
    if (fresh || (request && !has_request) || (request == has_request && earlier(span, sum.root)))
      sum.root = span;
    sum.trace = span.trace;
    sum.began_ns = fresh ? span.began_ns : std::min(sum.began_ns, span.began_ns);
    sum.ended_ns = fresh ? end_of(span) : std::max(sum.ended_ns, end_of(span));
    ++sum.spans;
    sum.failed = sum.failed || span.failed;
  }
  std::vector<TraceSummary> out;
  out.reserve(traces.size());
  for (auto& [id, sum] : traces)
    out.push_back(sum);
  return out;
}

}  // namespace jobraker::inspection
