#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/context.hpp"

namespace jobraker {
namespace {

constexpr std::string_view sample = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Traceparent, ReadsBackWhatItWrote) {
  auto trace = Trace::parse(sample);
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->header(), sample);
  EXPECT_EQ(trace->id(), "0af7651916cd43dd8448eb211c80319c");
  for (int i = 0; i < 100; ++i) {
    auto fresh = Trace::fresh();
    EXPECT_EQ(Trace::parse(fresh.header())->header(), fresh.header());
  }
}

TEST(Traceparent, AcceptsMoreFromALaterVersion) {
  std::string text{sample};
  text[1] = '1';
  EXPECT_TRUE(Trace::parse(text));
  EXPECT_TRUE(Trace::parse(text + "-whatever"));
  EXPECT_FALSE(Trace::parse(text + "whatever"));
  EXPECT_FALSE(Trace::parse(std::string{sample} + "-whatever"));
}

TEST(Traceparent, KeepsTheSampledBitAlone) {
  std::string text{sample};
  text.replace(53, 2, "fe");
  EXPECT_FALSE(Trace::parse(text)->sampled);
  text.replace(53, 2, "03");
  EXPECT_TRUE(Trace::parse(text)->sampled);
}

TEST(Traceparent, RefusesWhatTheStandardRefuses) {
  for (auto text : {"", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
                    "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    EXPECT_FALSE(Trace::parse(text)) << text;
  ASSERT_TRUE(rc::check([](const std::string& bytes) { Trace::parse(bytes); }));
}

TEST(TraceChild, StaysInTheTraceUnderAnotherParent) {
  auto parent = Trace::fresh();
  auto child = parent.child();
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_NE(child.parent_id, parent.parent_id);
}

TEST(Context, LeavesWhatRemainsOfTheDeadlineAndNeverLess) {
  using namespace std::chrono_literals;
  Context context;
  EXPECT_EQ(context.left(5s), 5s) << "without a deadline the cap counts";
  context.deadline = Context::Clock::now() - 1s;
  EXPECT_EQ(context.left(5s), 0ms);
  EXPECT_TRUE(context.expired());
  context.deadline = Context::Clock::now() + 1h;
  EXPECT_EQ(context.left(5s), 5s);
  EXPECT_FALSE(context.expired());
}

TEST(MayAccess, IsForTheOwnerAndForAdmins) {
  auto owner = UserId::of("owner");
  auto other = UserId::of("other");
  EXPECT_TRUE(may_access({owner, Role::seeker}, owner));
  EXPECT_TRUE(may_access({other, Role::admin}, owner));
  EXPECT_EQ(may_access({other, Role::seeker}, owner).error().code, Errc::forbidden);
  EXPECT_EQ(may_access({other, Role::employer}, owner).error().code, Errc::forbidden);
  EXPECT_FALSE(may_access({UserId{}, Role::seeker}, UserId{})) << "nobody owns nothing";
}

}  // namespace
}  // namespace jobraker
