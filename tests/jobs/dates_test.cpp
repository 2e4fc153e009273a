#include "actors/jobs/core/dates.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

struct Case {
  const char* text;
  const char* expected;  ///< empty: no date
};

TEST(ParseDate, ReadsWhatFeedsAndPostingsWrite) {
  const Case cases[] = {
    {"2026-11-19T22:27:47Z", "2026-11-19T22:27:47Z"},
    {"2026-11-01T10:55:28-05:00", "2026-11-01T15:55:28Z"},
    {"2026-11-18", "2026-11-18T00:00:00Z"},
    {"2026-12-18T00:00", "2026-12-18T00:00:00Z"},
    {"2026-04-03T23:59:59.9970", "2026-04-03T23:59:59Z"},
    {"2004-01", "2004-01-01T00:00:00Z"},
    {"2004", "2004-01-01T00:00:00Z"},
    {"20040126", "2004-01-26T00:00:00Z"},
    {"20040126T180000", "2004-01-26T18:00:00Z"},
    {"Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"},
    {"Thu, 01 Jan 04 19:48:21 EST", "2004-01-02T00:48:21Z"},
    {"Thu, 1 Jan 2004 19:48:21 PDT", "2004-01-02T02:48:21Z"},
    {"01 Jan 2004 19:48:21 +0530", "2004-01-01T14:18:21Z"},
    {"Thu, 01 Jan 98 00:00 CET", "1997-12-31T23:00:00Z"},
    {"Sun Jan  4 16:29:06 PST 2004", "2004-01-05T00:29:06Z"},
    {"26 January 2004, 18:00", "2004-01-26T18:00:00Z"},
    {"16 January 2004, 6:00 pm.", "2004-01-16T18:00:00Z"},
    {"27 January 2004, by 6PM", "2004-01-27T18:00:00Z"},
    {"Applications are due in the IREX office by 01\nFebruary 2004.", "2004-02-01T00:00:00Z"},
    {"January 26, 2004", "2004-01-26T00:00:00Z"},
    {"26.01.2004", "2004-01-26T00:00:00Z"},
    {"05/02/2004", "2004-02-05T00:00:00Z"},
    {"1/26/2004", "2004-01-26T00:00:00Z"},
    {"3. März 2024", "2024-03-03T00:00:00Z"},
    {"1763590000000", "2025-11-19T22:06:40Z"},
    {"1763590000", "2025-11-19T22:06:40Z"},
    {"", ""},
    {"NA", ""},
    {"Open until filled", ""},
    {"30 February 2004", ""},
    {"2004-13-01", ""},
    {"0000-00-00", ""},
    {"99999999999999999999", ""},
    {"Thu, 01 Jan 9999 00:00:00 GMT", ""},
  };
  for (const auto& c : cases) {
    auto time = parse_date(c.text);
    EXPECT_EQ(time ? to_rfc3339(std::chrono::floor<std::chrono::seconds>(*time)) : "", c.expected)
      << c.text;
  }
}

TEST(ParseDate, GivesBackEveryMomentWrittenInRfc3339) {
  ASSERT_TRUE(rc::check([] {
    auto seconds = *rc::gen::inRange<std::int64_t>(0, 7258118400);
    Time time{std::chrono::seconds{seconds}};
    RC_ASSERT(parse_date(to_rfc3339(time)) == time);
  }));
}

TEST(ParseDate, NeverLeavesItsRangeWhateverTheText) {
  ASSERT_TRUE(rc::check([](const std::string& text) {
    if (auto time = parse_date(text)) {
      RC_ASSERT(time->time_since_epoch().count() >= -14LL * 3600 * 1000000);
      RC_ASSERT(*time < Time{std::chrono::sys_days{std::chrono::year{2202} / 1 / 1}});
    }
  }));
}

}  // namespace
}  // namespace jobraker
