#include "tools/sandbox/limits.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker::sandbox {
namespace {

using namespace std::chrono_literals;
using Clock = Limits::Clock;

TEST(Limits, AreFullAtFirstAndFillEvenly) {
  Limits limits{{2, 100}};
  Clock::time_point start{};
  EXPECT_TRUE(limits.take(1, "m", 10, start).admitted);
  auto second = limits.take(1, "m", 10, start);
  EXPECT_TRUE(second.admitted);
  EXPECT_EQ(second.requests.remaining, 0U);
  EXPECT_EQ(second.tokens.remaining, 80U);
  EXPECT_EQ(second.requests.reset, 60s);
  auto third = limits.take(1, "m", 10, start);
  EXPECT_FALSE(third.admitted);
  EXPECT_FALSE(third.by_tokens);
  EXPECT_EQ(third.wait, 30s);
  EXPECT_TRUE(limits.take(1, "m", 10, start + 30s).admitted);
}

TEST(Limits, KeysAndModelsHaveBucketsOfTheirOwn) {
  Limits limits{{1, 100}};
  EXPECT_TRUE(limits.take(1, "a", 1, {}).admitted);
  EXPECT_FALSE(limits.take(1, "a", 1, {}).admitted);
  EXPECT_TRUE(limits.take(2, "a", 1, {}).admitted);
  EXPECT_TRUE(limits.take(1, "b", 1, {}).admitted);
}

TEST(Limits, WhatIsMoreThanAMinuteHoldsNeverSucceeds) {
  Limits limits{{10, 100}};
  auto answer = limits.take(1, "m", 101, {});
  EXPECT_FALSE(answer.admitted);
  EXPECT_TRUE(answer.never);
  EXPECT_TRUE(answer.by_tokens);
  EXPECT_TRUE(limits.take(1, "m", 100, {}).admitted) << "a refusal takes nothing";
}

TEST(Limits, AModelsOwnLimitCountsAndResetForgetsIt) {
  Limits limits{{10, 100}};
  limits.set("m", {1, 5});
  EXPECT_EQ(limits.take(1, "m", 5, {}).tokens.limit, 5U);
  EXPECT_EQ(limits.take(1, "other", 5, {}).tokens.limit, 100U);
  limits.reset();
  EXPECT_EQ(limits.of("m").tokens, 100U);
}

TEST(Limits, AdmitNoMoreThanTheBucketAndWhatFlowedIn) {
  rc::check([] {
    auto rpm = *rc::gen::inRange<std::uint64_t>(1, 50);
    auto tpm = *rc::gen::inRange<std::uint64_t>(1, 5000);
    Limits limits{{rpm, tpm}};
    Clock::time_point now{};
    std::uint64_t calls = 0, tokens = 0;
    for (int i = 0; i < 200; ++i) {
      now += std::chrono::milliseconds{*rc::gen::inRange(0, 3000)};
      auto wanted = *rc::gen::inRange<std::uint64_t>(0, 300);
      auto answer = limits.take(7, "m", wanted, now);
      if (answer.admitted) {
        ++calls;
        tokens += wanted;
      } else if (!answer.never) {
        RC_ASSERT(limits.take(7, "m", wanted, now + answer.wait).admitted);
        now += answer.wait;
        ++calls;
        tokens += wanted;
      }
    }
    auto minutes = std::chrono::duration<double, std::ratio<60>>(now.time_since_epoch()).count();
    RC_ASSERT(static_cast<double>(calls) <= static_cast<double>(rpm) * (1 + minutes) + 1e-6);
    RC_ASSERT(static_cast<double>(tokens) <= static_cast<double>(tpm) * (1 + minutes) + 1e-6);
  });
}

TEST(GoDuration, IsWrittenAsOpenAiDoes) {
  EXPECT_EQ(go_duration(0ms), "0s");
  EXPECT_EQ(go_duration(20ms), "20ms");
  EXPECT_EQ(go_duration(7660ms), "7.66s");
  EXPECT_EQ(go_duration(6min), "6m0s");
  EXPECT_EQ(go_duration(1h + 2min + 3s), "1h2m3s");
}

}  // namespace
}  // namespace jobraker::sandbox
