#include "net/api/long_work.hpp"

#include <gtest/gtest.h>

namespace jobraker::net {
namespace {

using Clock = Context::Clock;

TEST(LongWork, BeginningItHasTheTimeOfAnyRequest) {
  Request request;
  request.context.deadline = Clock::now() + std::chrono::minutes{5};
  const auto bounded = to_begin(request);
  EXPECT_LT(bounded.deadline, request.context.deadline);
  EXPECT_LE(bounded.deadline, Clock::now() + std::chrono::seconds{30});
  EXPECT_EQ(bounded.trace.id(), request.context.trace.id());
}

TEST(LongWork, ADeadlineThatIsNearerStays) {
  Request request;
  request.context.deadline = Clock::now() + std::chrono::seconds{3};
  EXPECT_EQ(to_begin(request).deadline, request.context.deadline);
}

}  // namespace
}  // namespace jobraker::net
