#include "actors/inspection/core/trace_tree.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jobraker::inspection {
namespace {

Span span(std::uint64_t id, std::uint64_t parent, std::int64_t began) {
  Span out;
  out.id = id;
  out.parent = parent;
  out.began_ns = began;
  out.trace[0] = 1;
  return out;
}

std::vector<std::uint64_t> order(const TraceTree& tree) {
  std::vector<std::uint64_t> out;
  for (const auto& placed : tree.spans)
    out.push_back(placed.span.id);
  return out;
}

TEST(TraceTrees, HaveParentsBeforeChildrenAndTheRestByTime) {
  const auto tree = build_trace(
    {span(5, 2, 50), span(2, 1, 20), span(1, 99, 10), span(3, 1, 15), span(4, 3, 60)}, 100);
  EXPECT_EQ(order(tree), (std::vector<std::uint64_t>{1, 3, 4, 2, 5}));
  EXPECT_FALSE(tree.truncated) << "the caller's own span is not among ours";
  std::vector<std::int64_t> depths;
  for (const auto& placed : tree.spans)
    depths.push_back(placed.depth);
  EXPECT_EQ(depths, (std::vector<std::int64_t>{0, 1, 2, 1, 2}));
  EXPECT_EQ(tree.spans[0].parent, 0u);
  EXPECT_EQ(tree.spans[1].parent, 1u);
}

TEST(TraceTrees, SayWhenSomethingIsMissing) {
  EXPECT_TRUE(build_trace({span(1, 99, 1), span(2, 98, 2)}, 10).truncated);
  EXPECT_FALSE(build_trace({span(1, 99, 1), span(2, 99, 2)}, 10).truncated);
  const auto cut = build_trace({span(3, 0, 3), span(1, 0, 1), span(2, 0, 2)}, 2);
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(order(cut), (std::vector<std::uint64_t>{1, 2}));
}

/// Any graph whatever, with cycles, ids twice and unknown parents.
RC_GTEST_PROP(TraceTrees, HaveEverySpanOnceBelowAParentThatCameBefore, ()) {
  std::vector<Span> spans;
  const auto count = *rc::gen::inRange(0, 30);
  for (int i = 0; i < count; ++i)
    spans.push_back(span(*rc::gen::inRange<std::uint64_t>(1, 25),
                         *rc::gen::inRange<std::uint64_t>(0, 30), *rc::gen::inRange(0, 5)));
  const auto tree = build_trace(spans, 1000);
  auto got = order(tree);
  std::vector<std::uint64_t> expected;
  for (const auto& one : spans)
    expected.push_back(one.id);
  std::map<std::uint64_t, std::int64_t> depth_of;
  for (const auto& placed : tree.spans) {
    if (placed.parent == 0) {
      RC_ASSERT(placed.depth == 0);
    } else {
      RC_ASSERT(depth_of.contains(placed.parent));
      RC_ASSERT(placed.parent == placed.span.parent);
      RC_ASSERT(placed.depth > 0);
    }
    depth_of.emplace(placed.span.id, placed.depth);
  }
  std::sort(got.begin(), got.end());
  std::sort(expected.begin(), expected.end());
  RC_ASSERT(got == expected);
}

TEST(TraceTrees, AreBuiltForAVeryLongChain) {
  std::vector<Span> spans;
  for (std::uint64_t i = 1; i <= 20000; ++i)
    spans.push_back(span(i, i - 1, static_cast<std::int64_t>(i)));
  const auto tree = build_trace(std::move(spans), 100000);
  EXPECT_EQ(tree.spans.back().depth, 19999);
}

TEST(TraceSummaries, AreOfTheirRequest) {
  auto request = span(7, 99, 100);
  request.kind = SpanKind::request;
  request.run_ns = 50;
  auto early = span(8, 7, 90);
  auto late = span(9, 7, 120);
  late.wait_ns = 100;
  late.failed = true;
  auto other = span(10, 0, 5);
  other.trace[0] = 2;
  auto none = span(11, 0, 1);
  none.trace = {};
  auto sums = summarise({late, early, other, request, none});
  ASSERT_EQ(sums.size(), 2u);
  std::sort(sums.begin(), sums.end(),
            [](const auto& a, const auto& b) { return a.trace < b.trace; });
  EXPECT_EQ(sums[0].root.id, 7u);
  EXPECT_EQ(sums[0].spans, 3u);
  EXPECT_EQ(sums[0].began_ns, 90);
  EXPECT_EQ(sums[0].ended_ns, 220);
  EXPECT_TRUE(sums[0].failed);
  EXPECT_EQ(sums[1].root.id, 10u);
  EXPECT_FALSE(sums[1].failed);
}

}  // namespace
}  // namespace jobraker::inspection
