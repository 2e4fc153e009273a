#include "actors/system/backoff.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

using namespace std::chrono_literals;
using Clock = CrashHistory::Clock;

TEST(CrashHistory, FirstCrashRestartsAtOnceAndLaterOnesWaitLonger) {
  CrashHistory history;
  Clock::time_point t{};
  EXPECT_EQ(history.wait(t), 0ms);
  history.crashed(t);
  EXPECT_EQ(history.wait(t), 0ms);
  history.crashed(t);
  EXPECT_EQ(history.wait(t), 200ms);
  history.crashed(t + 1s);
  EXPECT_EQ(history.wait(t + 1s), 400ms);
  EXPECT_EQ(history.wait(t + 1s + 400ms), 0ms);
}

TEST(CrashHistory, AQuietMinuteForgives) {
  CrashHistory history;
  Clock::time_point t{};
  for (int i = 0; i < 6; ++i)
    history.crashed(t);
  history.crashed(t + 61s);
  EXPECT_EQ(history.in_a_row(), 1u);
}

TEST(CrashHistory, DelaysNeverShrinkAndNeverExceedHalfAMinute) {
  EXPECT_TRUE(rc::check([](std::uint32_t crashes) {
    crashes %= 100000;
    RC_ASSERT(CrashHistory::delay(crashes) <= CrashHistory::delay(crashes + 1));
    RC_ASSERT(CrashHistory::delay(crashes) <= 30s);
  }));
}

}  // namespace
}  // namespace jobraker
