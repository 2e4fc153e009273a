#include "tools/ctl/units.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tools/ctl/text.hpp"

namespace jobraker::ctl {
namespace {

TEST(Units, DurationsAreReadAtAGlance) {
  const std::pair<std::int64_t, const char*> cases[] = {
    {0, "0"},
    {740, "740 µs"},
    {999, "999 µs"},
    {1'000, "1.0 ms"},
    {1'234, "1.2 ms"},
    {9'949, "9.9 ms"},
    {9'950, "10 ms"},
    {34'400, "34 ms"},
    {999'499, "999 ms"},
    {999'500, "1.0 s"},
    {5'600'000, "5.6 s"},
    {59'499'999, "59 s"},
    {59'500'000, "1m00s"},
    {187'000'000, "3m07s"},
    {3'599'499'999, "59m59s"},
    {3'599'500'000, "1h00m"},
    {7'500'000'000, "2h05m"},
    {385'200'000'000, "4d11h"},
    {-1'234, "-1.2 ms"},
  };
  for (const auto& [micros, text] : cases)
    EXPECT_EQ(duration(micros), text) << micros;
}

TEST(Units, NoDurationIsLongerThanItsColumn) {
  ASSERT_TRUE(rc::check([](std::int64_t micros) { RC_ASSERT(width(duration(micros)) <= 16); }));
  EXPECT_FALSE(duration(INT64_MIN).empty());
}

TEST(Units, CountsHaveThreeFiguresWhenTheyAreLarge) {
  const std::pair<std::int64_t, const char*> cases[] = {
    {0, "0"},          {99'999, "99999"},   {100'000, "100k"},        {123'456, "123k"},
    {999'499, "999k"}, {999'500, "1.00M"},  {4'560'000, "4.56M"},     {45'600'000, "45.6M"},
    {-7, "-7"},        {-123'456, "-123k"}, {7'890'000'000, "7.89G"},
  };
  for (const auto& [number, text] : cases)
    EXPECT_EQ(count(number), text);
  EXPECT_EQ(decimal(0.25), "0.25");
  EXPECT_EQ(decimal(3.14), "3.1");
  EXPECT_EQ(decimal(12), "12");
  EXPECT_EQ(decimal(1200), "1.20k");
  EXPECT_EQ(decimal(0.0 / 0.0), "–");
  ASSERT_TRUE(rc::check([](double number) { RC_ASSERT(width(decimal(number)) <= 330); }));
}

TEST(Units, MemoryIsInUnitsOf1024) {
  const std::pair<std::int64_t, const char*> cases[] = {{0, "0 B"},
                                                        {1023, "1023 B"},
                                                        {1024, "1.0 KiB"},
                                                        {4200, "4.1 KiB"},
                                                        {1'048'051, "1023 KiB"},
                                                        {1'048'064, "1.0 MiB"},
                                                        {24'000'000, "23 MiB"},
                                                        {-2048, "-2.0 KiB"},
                                                        {INT64_MAX, "8.0 EiB"}};
  for (const auto& [number, text] : cases)
    EXPECT_EQ(bytes(number), text) << number;
}

TEST(Units, MoneyHasTheFiguresThatSaySomething) {
  EXPECT_EQ(usd(0), "$0.00");
  EXPECT_EQ(usd(1.2), "$1.20");
  EXPECT_EQ(usd(0.0421), "$0.042");
  EXPECT_EQ(usd(0.0042), "$0.0042");
  EXPECT_EQ(usd(0.0000042), "$0.0000042");
  EXPECT_EQ(usd(-3), "-$3.00");
}

TEST(Units, TimesAreShownInUtcAndAsAges) {
  auto now = *parse_rfc3339("2026-11-20T12:00:00Z");
  EXPECT_EQ(moment(*parse_rfc3339("2026-11-20T09:30:05.123Z")), "2026-11-20 09:30:05");
  using std::chrono::seconds;
  EXPECT_EQ(ago(now, now), "now");
  EXPECT_EQ(ago(now - seconds{59}, now), "59s");
  EXPECT_EQ(ago(now - seconds{60}, now), "1m");
  EXPECT_EQ(ago(now - seconds{7199}, now), "1h");
  EXPECT_EQ(ago(now - seconds{86'400 * 6}, now), "6d");
  EXPECT_EQ(ago(now + seconds{180}, now), "in 3m");
}

TEST(Units, ATimeIsGivenAsSuchOrAsAnAge) {
  auto now = *parse_rfc3339("2026-11-20T12:00:00.5Z");
  EXPECT_EQ(read_moment("2h", now), "2026-11-20T10:00:00Z");
  EXPECT_EQ(read_moment("90s", now), "2026-11-20T11:58:30Z");
  EXPECT_EQ(read_moment("7d", now), "2026-11-13T12:00:00Z");
  EXPECT_EQ(read_moment("2026-11-20T09:30:00+01:00", now), "2026-11-20T08:30:00Z");
  for (auto wrong : {"", "h", "-2h", "2 h", "2w", "yesterday", "99999999999h", "0x2h", "2hh"})
    EXPECT_EQ(read_moment(wrong, now), "") << wrong;
}

}  // namespace
}  // namespace jobraker::ctl
