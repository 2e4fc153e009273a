#include "actors/schedules/core/cron.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "messages/time.hpp"

namespace jobraker::schedules {
namespace {

using namespace std::chrono_literals;

WallMinute wall(const std::string& text) {
  auto time = parse_rfc3339(text + ":00Z");
  if (!time)
    throw std::invalid_argument(text);
  return std::chrono::floor<std::chrono::minutes>(
    std::chrono::local_time<std::chrono::microseconds>{time->time_since_epoch()});
}

Cron cron(std::string_view text) {
  auto read = parse_cron(text);
  if (!read)
    throw std::invalid_argument(read.error().detail);
  return *read;
}

TEST(Cron, FindsTheNextMinute) {
  struct Case {
    const char* text;
    const char* from;
    const char* next;
  };
  // 21 November 2026 is a Saturday.
  const Case cases[] = {
    {"* * * * *", "2026-11-21T10:00", "2026-11-21T10:00"},
    {"0 */6 * * *", "2026-11-21T00:01", "2026-11-21T06:00"},
    {"0 */6 * * *", "2026-11-21T18:01", "2026-11-22T00:00"},
    {"5,35 8-10 * * *", "2026-11-21T08:06", "2026-11-21T08:35"},
    {"5,35 8-10 * * *", "2026-11-21T10:36", "2026-11-22T08:05"},
    {"10-30/10 * * * *", "2026-11-21T10:31", "2026-11-21T11:10"},
    {"*/25 * * * *", "2026-11-21T10:51", "2026-11-21T11:00"},
    {"0 4 * * MON-FRI", "2026-11-21T00:00", "2026-11-23T04:00"},
    {"0 4 * * sat-sun", "2026-11-23T00:00", "2026-11-28T04:00"},
    {"0 4 * * 7", "2026-11-21T00:00", "2026-11-22T04:00"},
    {"0 4 * * 0", "2026-11-21T00:00", "2026-11-22T04:00"},
    {"0 4 * Jan,mar *", "2026-11-21T00:00", "2027-01-01T04:00"},
    {"0 0 31 * *", "2026-11-21T00:00", "2026-12-31T00:00"},
    {"0 0 29 2 *", "2026-11-21T00:00", "2028-02-29T00:00"},
    {"0 0 29 2 *", "2097-01-01T00:00", "2104-02-29T00:00"},
    // Both days restricted: one of them is enough; the example of crontab(5).
    {"30 4 1,15 * 5", "2026-11-21T00:00", "2026-11-27T04:30"},
    {"30 4 1,15 * 5", "2026-11-28T00:00", "2026-12-01T04:30"},
    // A step makes no restriction of a star: both must fit.
    {"0 0 */2 * sun", "2026-11-21T00:00", "2026-11-29T00:00"},
    {"59 23 31 12 *", "2026-12-31T23:59", "2026-12-31T23:59"},
    {"@hourly", "2026-11-21T10:01", "2026-11-21T11:00"},
    {"@daily", "2026-11-21T10:01", "2026-11-22T00:00"},
    {"@weekly", "2026-11-21T10:01", "2026-11-22T00:00"},
    {"@monthly", "2026-11-21T10:01", "2026-12-01T00:00"},
    {"@yearly", "2026-11-21T10:01", "2027-01-01T00:00"},
  };
  for (const auto& c : cases) {
    const auto from = wall(c.from);
    EXPECT_EQ(next_minute(cron(c.text), from, from + 45 * 366 * 24h), wall(c.next))
      << c.text << " from " << c.from;
  }
}

TEST(Cron, SaysWhatIsWrong) {
  struct Case {
    const char* text;
    const char* said;
  };
  const Case cases[] = {
    {"", "five fields"},
    {"* * * *", "five fields"},
    {"* * * * * *", "five fields"},
    {"@reboot", "five fields"},
    {"60 * * * *", "minute: 60 is not between 0 and 59"},
    {"* 24 * * *", "hour: 24"},
    {"* * 0 * *", "day of month: 0"},
    {"* * 32 * *", "day of month: 32"},
    {"* * * 13 *", "month: 13"},
    {"* * * * 8", "day of week: 8"},
    {"* * * * mo", "day of week: mo is not a value"},
    {"jan * * * *", "minute: jan is not a value"},
    {"-1 * * * *", "minute: '' is not a value"},
    {"5-1 * * * *", "minute: 5-1 ends before it begins"},
    {"*/0 * * * *", "step"},
    {"*/60 * * * *", "step"},
    {"*/x * * * *", "step"},
    {"5/2 * * * *", "a step needs"},
    {"1,,2 * * * *", "minute: '' is not a value"},
    {"1, * * * *", "minute: '' is not a value"},
    {"99999999999 * * * *", "is not a value"},
    {"+1 * * * *", "is not a value"},
    {"0 0 30 2 *", "no month named has such a day"},
    {"0 0 31 4,6,9,11 *", "no month named has such a day"},
  };
  for (const auto& c : cases) {
    auto read = parse_cron(c.text);
    ASSERT_FALSE(read) << c.text;
    EXPECT_EQ(read.error().code, Errc::invalid);
    EXPECT_NE(read.error().detail.find(c.said), std::string::npos)
      << c.text << ": " << read.error().detail;
  }
}

/// A field of an expression with the values it means.
struct Field {
  std::string text;
  std::set<unsigned> values;
};

rc::Gen<Field> a_field(unsigned min, unsigned max) {
  return rc::gen::exec([=] {
    const auto one = rc::gen::inRange(min, max + 1);
    Field field;
    const auto parts = *rc::gen::inRange(1, 4);
    for (int i = 0; i < parts; ++i) {
      auto from = *one;
      auto to = *one;
      if (to < from)
        std::swap(from, to);
      unsigned step = 1;
      std::string text;
      switch (*rc::gen::inRange(0, 4)) {
      case 0:
        to = from;
        text = std::to_string(from);
        break;
      case 1:
        text = std::to_string(from) + "-" + std::to_string(to);
        break;
      case 2:
        step = *rc::gen::inRange(1U, max + 1);
        text = std::to_string(from) + "-" + std::to_string(to) + "/" + std::to_string(step);
        break;
      default:
        step = *rc::gen::inRange(1U, max + 1);
        from = min;
        to = max;
        text = "*/" + std::to_string(step);
      }
      for (auto value = from; value <= to; value += step)
        field.values.insert(value);
      field.text += (i == 0 ? "" : ",") + text;
    }
    return field;
  });
}

RC_GTEST_PROP(Cron, NamesExactlyTheMinutesOfItsFields, ()) {
  const auto minute = *a_field(0, 59);
  const auto hour = *a_field(0, 23);
  const auto month = *a_field(1, 12);
  const auto weekday = *a_field(0, 6);
  const auto read =
    parse_cron(minute.text + " " + hour.text + "\t* " + month.text + "  " + weekday.text);
  RC_ASSERT(read.has_value());
  const WallMinute at{std::chrono::minutes{*rc::gen::inRange(0, 60'000'000)}};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto of_day = static_cast<unsigned>((at - day).count());
  const bool named = minute.values.contains(of_day % 60) && hour.values.contains(of_day / 60) &&
                     month.values.contains(unsigned{date.month()}) &&
                     weekday.values.contains(std::chrono::weekday{day}.c_encoding());
  RC_ASSERT(matches(*read, at) == named);
}

RC_GTEST_PROP(Cron, TheNextMinuteIsTheFirstThatMatches, ()) {
  const auto text = (*a_field(0, 59)).text + " " + (*a_field(0, 23)).text + " " +
                    (*a_field(1, 28)).text + " * " + (*a_field(0, 7)).text;
  const auto read = cron(text);
  const WallMinute from{std::chrono::minutes{*rc::gen::inRange(0, 60'000'000)}};
  const auto until = from + 40h;
  std::optional<WallMinute> first;
  for (auto at = from; !first && at < until; at += 1min)
    if (matches(read, at))
      first = at;
  RC_ASSERT(next_minute(read, from, until) == first);
}

}  // namespace
}  // namespace jobraker::schedules
