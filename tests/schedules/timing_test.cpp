#include "actors/schedules/core/timing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jobraker::schedules {
namespace {

using namespace std::chrono_literals;

Time at(std::string_view text) {
  auto time = parse_rfc3339(text);
  if (!time)
    throw std::invalid_argument(std::string{text});
  return *time;
}

Timing timing(std::string_view text, std::string_view zone = "UTC") {
  auto read = parse_timing(text, zone);
  if (!read || !*read)
    throw std::invalid_argument(read ? "no timing" : read.error().detail);
  return **read;
}

std::string next(const Timing& of, Time after) {
  const auto found = next_after(of, after);
  return found ? to_rfc3339(*found) : "never";
}

TEST(Timings, AreRead) {
  EXPECT_FALSE(parse_timing("", "UTC")->has_value());
  EXPECT_FALSE(parse_timing("  \t", "UTC")->has_value());
  EXPECT_EQ(timing("@every 90s").every, 90s);
  EXPECT_EQ(timing(" @every  5m ").every, 5min);
  EXPECT_EQ(timing("@every 6h").every, 6h);
  EXPECT_EQ(timing("@every 366d").every, 366 * 24h);
  EXPECT_EQ(timing("@daily").cron_text, "0 0 * * *");
  EXPECT_EQ(timing("0 4 * * *", "Europe/Berlin").zone, "Europe/Berlin");
  for (const auto* text : {"@every", "@every 0s", "@every -1s", "@every 1", "@every s", "@every 1w",
                           "@every 367d", "@every 9223372036854775807d", "@every 1h30m", "soon"}) {
    auto read = parse_timing(text, "UTC");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Errc::invalid);
  }
  for (const auto* zone : {"", "Mars/Phobos", "../etc/passwd", "europe/berlin"})
    EXPECT_FALSE(parse_timing("@daily", zone)) << zone;
}

TEST(Timings, EqualSpansAreCountedFrom1970) {
  const auto of = timing("@every 90s");
  EXPECT_EQ(next(of, at("1970-01-01T00:00:00Z")), "1970-01-01T00:01:30Z");
  EXPECT_EQ(next(of, at("1970-01-01T00:01:29.999999Z")), "1970-01-01T00:01:30Z");
  EXPECT_EQ(next(of, at("1970-01-01T00:01:30Z")), "1970-01-01T00:03:00Z");
}

TEST(Timings, FollowTheClocksOfTheirZone) {
  struct Case {
    const char* cron;
    const char* zone;
    const char* after;
    const char* next;
  };
  const Case cases[] = {
    {"0 4 * * *", "UTC", "2026-11-21T03:59:59.5Z", "2026-11-21T04:00:00Z"},
    {"0 4 * * *", "UTC", "2026-11-21T04:00:00Z", "2026-11-22T04:00:00Z"},
    {"0 4 * * *", "UTC", "2026-11-21T04:00:00.000001Z", "2026-11-22T04:00:00Z"},
    {"0 4 * * *", "Europe/Berlin", "2026-01-10T00:00:00Z", "2026-01-10T03:00:00Z"},
    {"0 4 * * *", "Europe/Berlin", "2026-07-10T00:00:00Z", "2026-07-10T02:00:00Z"},
    {"30 5 * * *", "Asia/Kathmandu", "2026-07-10T00:00:00Z", "2026-07-10T23:45:00Z"},
    {"0 0 1 * *", "Pacific/Kiritimati", "2026-07-10T00:00:00Z", "2026-07-31T10:00:00Z"},
    // 29 March 2026: at 02:00 clocks in Berlin go on to 03:00 (01:00 UTC).
    {"30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
    {"30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
    {"0 3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
    {"59 1 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T00:59:00Z"},
    {"*/30 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"},
    {"*/30 * * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"},
    {"30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", "2026-03-08T07:00:00Z"},
    // 25 October 2026: at 03:00 clocks in Berlin go back to 02:00 (01:00 UTC).
    {"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
    {"30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
    {"15,45 2 * * *", "Europe/Berlin", "2026-10-25T00:45:00Z", "2026-10-26T01:15:00Z"},
    {"0 3 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T02:00:00Z"},
    {"30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
    {"0 */2 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
    // Half an hour on Lord Howe Island: 02:00 to 02:30, and back to 01:30.
    {"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"},
    {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", "2026-04-04T14:45:00Z"},
    {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"},
    // Samoa had no 30 December 2011: once, where the clocks went on.
    {"0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", "2011-12-30T10:00:00Z"},
    {"0 12 30 12 *", "Pacific/Apia", "2011-12-30T10:00:00Z", "2012-12-29T22:00:00Z"},
    // No summer time in 1890, and seconds of offset.
    {"0 0 * * *", "Europe/Berlin", "1890-01-01T00:00:00Z", "1890-01-01T23:06:32Z"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(next(timing(c.cron, c.zone), at(c.after)), c.next)
      << c.cron << " in " << c.zone << " after " << c.after;
  }
}

rc::Gen<std::string> a_zone() {
  return rc::gen::element<std::string>("Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                       "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia",
                                       "Africa/Casablanca", "UTC");
}

rc::Gen<Time> a_moment() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(315'532'800, 2'000'000'000),
                      [](std::int64_t s) { return Time{std::chrono::seconds{s}}; });
}

RC_GTEST_PROP(Timings, AreLaterAndNothingIsBetween, ()) {
  const auto minute = std::to_string(*rc::gen::inRange(0, 60));
  const auto hour = *rc::gen::element<std::string>("*", "*/2", "2", "1-3", "23,0");
  const auto of = timing(minute + " " + hour + " * * *", *a_zone());
  const auto from = *a_moment();
  const auto found = next_after(of, from);
  RC_ASSERT(found.has_value());
  RC_ASSERT(*found > from);
  // Whoever asks from anywhere in between gets the same answer.
  const auto between = from + std::chrono::microseconds{*rc::gen::inRange<std::int64_t>(
                                0, std::chrono::microseconds{*found - from}.count())};
  RC_ASSERT(next_after(of, between) == found);
}

RC_GTEST_PROP(Timings, ADailyTimeComesOnceADayWhateverTheClocksDo, ()) {
  const auto of = timing(std::to_string(*rc::gen::inRange(0, 60)) + " " +
                           std::to_string(*rc::gen::inRange(0, 24)) + " * * *",
                         *rc::gen::element<std::string>("Europe/Berlin", "America/New_York",
                                                        "Australia/Lord_Howe", "America/St_Johns"));
  auto last = *next_after(of, *a_moment());
  for (int day = 0; day < 400; ++day) {
    const auto following = next_after(of, last);
    RC_ASSERT(following.has_value());
    RC_ASSERT(*following - last >= 22h);
    RC_ASSERT(*following - last <= 26h);
    last = *following;
  }
}

RC_GTEST_PROP(Timings, AFrequentOneComesEveryHourOfRealTime, ()) {
  const auto of =
    timing("0 * * * *",
           *rc::gen::element<std::string>("Europe/Berlin", "America/New_York", "Pacific/Auckland"));
  auto last = *next_after(of, *a_moment());
  for (int hour = 0; hour < 24 * 200; ++hour) {
    const auto following = next_after(of, last);
    RC_ASSERT(following.has_value());
    RC_ASSERT(*following - last == 1h);
    last = *following;
  }
}

}  // namespace
}  // namespace jobraker::schedules
