#include "actors/llm/retry.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

using std::chrono::milliseconds;

TEST(RetryWait, JittersOverADoublingSpan) {
  EXPECT_EQ(retry_wait(2, std::nullopt, 0.5, milliseconds{100000}), milliseconds{250});
  EXPECT_EQ(retry_wait(3, std::nullopt, 0.5, milliseconds{100000}), milliseconds{500});
  EXPECT_EQ(retry_wait(4, std::nullopt, 0.0, milliseconds{100000}), milliseconds{0});
}

TEST(RetryWait, NeverComesBackBeforeTheServerAskedNorAfterTheDeadline) {
  EXPECT_TRUE(rc::check([](std::uint16_t asked, std::uint16_t left) {
    auto attempt = *rc::gen::inRange(2, 12);
    auto dice = *rc::gen::inRange(0, 1000) / 1000.0;
    auto wait = retry_wait(attempt, milliseconds{asked}, dice, milliseconds{left});
    if (wait) {
      RC_ASSERT(*wait >= milliseconds{asked});
      RC_ASSERT(*wait < milliseconds{left});
    } else {
      RC_ASSERT(milliseconds{asked} + milliseconds{4000} >= milliseconds{left});
    }
  }));
}

}  // namespace
}  // namespace jobraker
