#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/time.hpp"

namespace jobraker {
namespace {

using namespace std::chrono_literals;

Time at(std::int64_t seconds, std::int64_t microseconds = 0) {
  return Time{std::chrono::seconds{seconds} + std::chrono::microseconds{microseconds}};
}

TEST(Rfc3339, ReadsBackEveryMomentFromYearZeroToNineThousand) {
  ASSERT_TRUE(rc::check([] {
    auto time = Time{std::chrono::microseconds{
      *rc::gen::inRange<std::int64_t>(-62'167'219'200'000'000, 253'402'300'799'999'999)}};
    RC_ASSERT(parse_rfc3339(to_rfc3339(time)) == time);
  }));
}

TEST(Rfc3339, WritesAFractionOnlyWhenThereIsOne) {
  EXPECT_EQ(to_rfc3339(at(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(at(0, 500'000)), "1970-01-01T00:00:00.5Z");
  EXPECT_EQ(to_rfc3339(at(0, 1)), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(to_rfc3339(at(-1, 999'999)), "1969-12-31T23:59:59.999999Z");
}

TEST(Rfc3339, ReadsOffsetsFractionsAndBareDates) {
  struct Case {
    const char* text;
    Time time;
  };
  for (const auto& [text, time] :
       {Case{"1970-01-02", at(86400)}, Case{"1970-01-01T01:00:00+01:00", at(0)},
        Case{"1969-12-31T18:30:00-05:30", at(0)}, Case{"1970-01-01t00:00:01z", at(1)},
        Case{"1970-01-01 00:00:01Z", at(1)}, Case{"1970-01-01T00:00:00.123456789Z", at(0, 123456)},
        Case{"2000-02-29T00:00:00Z", at(951782400)}, Case{"2016-12-31T23:59:60Z", at(1483228800)}})
    EXPECT_EQ(parse_rfc3339(text), time) << text;
}

TEST(Rfc3339, TakesNothingElse) {
  for (auto text : {"",
                    "1970",
                    "1970-1-1",
                    "1970-13-01",
                    "1970-00-01",
                    "1970-02-30",
                    "1900-02-29",
                    "1970-01-01T",
                    "1970-01-01T00:00:00",
                    "1970-01-01T24:00:00Z",
                    "1970-01-01T00:60:00Z",
                    "1970-01-01T00:00:61Z",
                    "1970-01-01T00:00:00.Z",
                    "1970-01-01T00:00:00.1234567890Z",
                    "1970-01-01T00:00:00+0100",
                    "1970-01-01T00:00:00+24:00",
                    "1970-01-01T00:00:00Zx",
                    "1970-01-01T00:00:00+01:60",
                    "+1970-01-01",
                    "1970-01-01T00:00Z",
                    " 1970-01-01"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

}  // namespace
}  // namespace jobraker
