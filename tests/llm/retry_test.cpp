#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/llm/core/retry.hpp"

namespace jobraker::llm {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(RetryWait, TheSpanDoublesUpToABound) {
  struct Case {
    int attempt;
    milliseconds half;
  };
  for (const auto& [attempt, half] : {Case{2, 250ms}, Case{3, 500ms}, Case{4, 1s}, Case{7, 8s},
                                      Case{8, 8s}, Case{1000, 8s}, Case{0, 250ms}})
    EXPECT_EQ(retry_wait(attempt, {}, 0.5, 1h), half) << attempt;
}

TEST(RetryWait, WhatTheServerAsksForIsKept) {
  EXPECT_EQ(retry_wait(2, 3s, 0.0, 1h), 3s);
  EXPECT_EQ(retry_wait(2, -3s, 0.0, 1h), 0ms);
  EXPECT_EQ(retry_wait(2, milliseconds::max(), 0.9, 1h), std::nullopt);
}

TEST(RetryWait, IsNeverEarlierThanAskedNorAfterTheDeadline) {
  ASSERT_TRUE(rc::check([] {
    auto attempt = *rc::gen::inRange(2, 12);
    auto asked = *rc::gen::maybe(
      rc::gen::map(rc::gen::inRange(0, 100'000), [](int ms) { return milliseconds{ms}; }));
    auto dice = *rc::gen::inRange(0, 1000) / 1000.0;
    auto left = milliseconds{*rc::gen::inRange(-1000, 100'000)};
    std::optional<milliseconds> wanted;
    if (asked)
      wanted = *asked;
    auto wait = retry_wait(attempt, wanted, dice, left);
    if (wait) {
      RC_ASSERT(*wait < left);
      RC_ASSERT(*wait >= wanted.value_or(0ms));
      RC_ASSERT(*wait <= wanted.value_or(0ms) + 16s);
    } else {
      RC_ASSERT(left <= wanted.value_or(0ms) + 16s);
    }
  }));
}

}  // namespace
}  // namespace jobraker::llm
