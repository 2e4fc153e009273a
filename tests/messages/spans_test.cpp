#include "messages/spans.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace jobraker {
namespace {

Span numbered(std::uint64_t n, std::uint64_t actor) {
  Span span;
  span.id = span.parent = span.sender = span.wait_ns = span.run_ns = n;
  span.began_ns = static_cast<std::int64_t>(n);
  span.actor = actor;
  span.trace.fill(static_cast<std::uint8_t>(n));
  span.name = "numbered";
  span.failed = n % 2 != 0;
  return span;
}

bool is_whole(const Span& span) {
  const auto n = span.id;
  return span.parent == n && span.sender == n && span.wait_ns == n && span.run_ns == n &&
         span.began_ns == static_cast<std::int64_t>(n) &&
         span.trace[0] == static_cast<std::uint8_t>(n) && span.trace[15] == span.trace[0] &&
         span.name == "numbered" && span.failed == (n % 2 != 0);
}

/// An actor's id that no other test has.
std::uint64_t fresh_actor() {
  static std::atomic<std::uint64_t> next{1'000'000};
  return next++;
}

TEST(FastClock, KeepsToTheSteadyClock) {
  using Clock = std::chrono::steady_clock;
  const auto read = [] {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
      .count();
  };
  // Longer than the first baselines, so that it goes by the counter for most of the time.
  const auto end = Clock::now() + std::chrono::milliseconds{50};
  std::int64_t worst = 0;
  while (Clock::now() < end) {
    const auto before = read();
    const auto fast = steady_nanoseconds();
    const auto after = read();
    worst = std::max({worst, before - fast, fast - after});
  }
  EXPECT_LT(worst, 1'000'000);
}

TEST(Spans, ARingKeepsTheNewest) {
  const auto actor = fresh_actor();
  std::thread{[&] {
    for (std::uint64_t n = 1; n <= spans_remembered + 100; ++n)
      record_span(numbered(n, actor), 60);
  }}.join();
  auto found = find_spans([&](const Span& span) { return span.actor == actor; });
  ASSERT_EQ(found.size(), spans_remembered);
  EXPECT_EQ(found.front().id, 101u);
  EXPECT_EQ(found.back().id, spans_remembered + 100);
  auto last = last_messages(actor, 3);
  ASSERT_EQ(last.size(), 3u);
  EXPECT_GT(last[0].id, last[2].id);
}

TEST(Spans, ATraceKnowsThatSomeOfItAreOverwritten) {
  const auto of_trace = [](const Trace& trace) {
    auto span = numbered(1, fresh_actor());
    span.trace = trace.trace_id;
    return span;
  };
  const auto early = Trace::fresh(), late = Trace::fresh();
  std::thread{[&] {
    record_span(of_trace(early), 59);
    for (std::size_t i = 1; i < spans_remembered; ++i)
      record_span(of_trace(late), 59);
    EXPECT_FALSE(spans_lost(early.trace_id));
    record_span(of_trace(late), 59);
  }}.join();
  EXPECT_TRUE(spans_lost(early.trace_id));
  EXPECT_FALSE(spans_lost(late.trace_id));
  EXPECT_FALSE(spans_lost({})) << "what belongs to no trace";
}

TEST(Spans, AReaderNeverSeesHalfASpan) {
  const auto actor = fresh_actor();
  std::atomic<bool> stop{false};
  std::thread writer{[&] {
    for (std::uint64_t n = 1; !stop; ++n)
      record_span(numbered(n, actor), 61);
  }};
  std::size_t seen = 0;
  for (int i = 0; i < 200 || seen == 0; ++i)
    for (const auto& span : find_spans([&](const Span& s) { return s.actor == actor; })) {
      ++seen;
      ASSERT_TRUE(is_whole(span)) << span.id;
    }
  stop = true;
  writer.join();
}

TEST(Spans, WhatIsUnderWayIsSeenAndRecordedAtItsEnd) {
  const auto actor = fresh_actor();
  Cause cause;
  cause.trace.fill(7);
  cause.span = next_span_id();
  cause.actor = actor;
  current_cause() = cause;
  const auto ours = [&] {
    std::vector<Pending> out;
    for (auto& pending : pending_spans())
      if (pending.cause.actor == actor)
        out.push_back(pending);
    return out;
  };
  {
    OpenSpan first{SpanKind::statement, "SELECT 1"};
    OpenSpan second{SpanKind::call, "GET example.org"};
    EXPECT_EQ(ours().size(), 2u);
    first.started();
    current_cause() = Cause{};
    first.finish(false);
    first.finish(true);  // too late
    first.resume();
    EXPECT_EQ(current_cause().span, cause.span);
    ASSERT_EQ(ours().size(), 1u);
    EXPECT_EQ(ours()[0].name, "GET example.org");
  }
  current_cause() = Cause{};
  EXPECT_TRUE(ours().empty());
  auto found = find_spans([&](const Span& span) { return span.actor == actor; });
  ASSERT_EQ(found.size(), 2u);
  for (const auto& span : found) {
    EXPECT_EQ(span.parent, cause.span);
    EXPECT_EQ(span.trace, cause.trace);
    EXPECT_EQ(span.failed, span.kind == SpanKind::call) << "abandoned is failed";
  }
}

TEST(Spans, AnIdSurvivesATraceHeader) {
  for (int i = 0; i < 100; ++i) {
    auto trace = Trace::fresh();
    const auto id = next_span_id();
    set_span_id(trace, id);
    EXPECT_EQ(span_id_of(*Trace::parse(trace.header())), id);
  }
}

TEST(Spans, NamesAreOneAndFew) {
  const auto a = intern_name("a name");
  EXPECT_EQ(a.data(), intern_name(std::string{"a "} + "name").data());
  for (int i = 0; i < 5000; ++i)
    intern_name("name " + std::to_string(i));
  EXPECT_EQ(intern_name("one more"), "(other)");
  EXPECT_EQ(intern_name("a name").data(), a.data());
}

}  // namespace
}  // namespace jobraker
