#include "net/client/rate_headers.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/client/anthropic.hpp"
#include "net/client/openai.hpp"

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

const Time now_here = *parse_rfc3339("2026-11-20T12:40:00Z");

TEST(GoDuration, AllUnitsAddUp) {
  const std::pair<const char*, std::int64_t> cases[] = {{"1s", 1000},
                                                        {"6m0s", 360'000},
                                                        {"20ms", 20},
                                                        {"12ms", 12},
                                                        {"7.66s", 7660},
                                                        {"1h2m3s", 3'723'000},
                                                        {"1.146s", 1146},
                                                        {"2m59.56s", 179'560},
                                                        {"0s", 0},
                                                        {"0", 0},
                                                        {".5s", 500},
                                                        {"1.s", 1000},
                                                        {"1500us", 2},
                                                        {"1000\xC2\xB5s", 1},
                                                        {"1000\xCE\xBCs", 1},
                                                        {"1ns", 1},
                                                        {"0.1h", 360'000},
                                                        {" 20ms ", 20},
                                                        {"24h0m0s", 86'400'000}};
  for (auto [text, expected] : cases)
    EXPECT_EQ(parse_go_duration(text), milliseconds{expected}) << text;
}

TEST(GoDuration, EverythingElseIsUnknown) {
  for (auto text : {"", " ", "5", "-1", "-1s", "s", "1x", "1s2", "1..2s", ".s", "1 s", "1e3s",
                    "nan", "infs", "1d", "0x1s", "1.1.1s"})
    EXPECT_FALSE(parse_go_duration(text)) << text;
  EXPECT_TRUE(parse_go_duration("99999999999999999999999999h"));  // absurd, but no overflow
}

TEST(GoDuration, WholeMillisecondsSurviveEverySplitIntoUnits) {
  EXPECT_TRUE(rc::check([] {
    const auto h = *rc::gen::inRange(0, 100);
    const auto m = *rc::gen::inRange(0, 60);
    const auto ms = *rc::gen::inRange(0, 60'000);
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%d.%03ds", ms / 1000, ms % 1000);
    const auto text = std::to_string(h) + "h" + std::to_string(m) + "m" + seconds;
    RC_ASSERT(parse_go_duration(text) == milliseconds{(h * 60LL + m) * 60'000 + ms});
  }));
}

TEST(HttpDate, TheThreeFormsOfTheStandardAreOneInstant) {
  const auto expected = parse_rfc3339("1994-11-06T08:49:37Z");
  for (auto text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                    "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(parse_http_date(text, now_here), expected) << text;
  EXPECT_EQ(parse_http_date("Friday, 20-Nov-76 00:00:00 GMT", now_here),
            parse_rfc3339("2076-11-20T00:00:00Z"));
  EXPECT_EQ(parse_http_date("Saturday, 20-Nov-77 00:00:00 GMT", now_here),
            parse_rfc3339("1977-11-20T00:00:00Z"));
}

TEST(HttpDate, NothingElseIsOne) {
  for (auto text : {"", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
                    "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nop 1994 08:49:37 GMT",
                    "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 199 08:49:37 GMT",
                    "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, x6 Nov 1994 08:49:37 GMT",
                    "Sun, 06 unN 1994 08:49:37 GMT", "2026-11-20T12:41:00Z"})
    EXPECT_FALSE(parse_http_date(text, now_here)) << text;
}

TEST(RetryAfter, MillisecondsThenSecondsThenDates) {
  auto wait = [](std::string_view ms, std::string_view seconds) {
    return read_retry_after(Headers{{"Retry-After-Ms", ms}, {"Retry-After", seconds}}, now_here);
  };
  EXPECT_EQ(wait("250", "9"), milliseconds{250});
  EXPECT_EQ(wait("0.5", ""), milliseconds{1});
  EXPECT_EQ(wait("", "1.5"), milliseconds{1500});
  EXPECT_EQ(wait("soon", "2"), milliseconds{2000});
  EXPECT_EQ(wait("-5", "2"), milliseconds{2000});
  EXPECT_EQ(wait("", "Fri, 20 Nov 2026 12:41:00 GMT"), milliseconds{60'000});
  EXPECT_EQ(wait("", "Fri, 20 Nov 2026 12:00:00 GMT"), milliseconds{0});
  EXPECT_EQ(wait("", "1e99"), std::nullopt);
  EXPECT_EQ(wait("", "-1"), std::nullopt);
  EXPECT_EQ(wait("", "inf"), std::nullopt);
  EXPECT_EQ(wait("", ""), std::nullopt);
  EXPECT_GT(*wait("", std::string(300, '9')), milliseconds{86'400'000});  // no overflow
  EXPECT_EQ(read_retry_after({}, now_here), std::nullopt);
}

TEST(OpenAiRateHeaders, AreRead) {
  const Headers headers{
    {"x-ratelimit-limit-requests", "60"},       {"x-ratelimit-remaining-requests", "0"},
    {"x-ratelimit-reset-requests", "1s"},       {"X-RateLimit-Limit-Tokens", "150000"},
    {"x-ratelimit-remaining-tokens", "149984"}, {"x-ratelimit-reset-tokens", "6m0s"}};
  const auto read = openai::read_rate_headers(headers);
  EXPECT_EQ(read.requests, (RateWindow{60, 0, milliseconds{1000}}));
  EXPECT_EQ(read.tokens, (RateWindow{150'000, 149'984, milliseconds{360'000}}));
  EXPECT_EQ(read.input_tokens, RateWindow{});
}

TEST(OpenAiRateHeaders, TheTighterOfTwoTokenWindowsCounts) {
  const Headers headers{{"x-ratelimit-limit-tokens", "100"},
                        {"x-ratelimit-remaining-tokens", "90"},
                        {"x-ratelimit-limit-tokens_usage_based", "50"},
                        {"x-ratelimit-remaining-tokens_usage_based", "40"},
                        {"x-ratelimit-reset-tokens_usage_based", "2s"}};
  EXPECT_EQ(openai::read_rate_headers(headers).tokens, (RateWindow{50, 40, milliseconds{2000}}));
}

TEST(OpenAiRateHeaders, AbsentAndMeaninglessValuesAreUnknown) {
  EXPECT_EQ(openai::read_rate_headers({}), RateHeaders{});
  for (auto value : {"-1", "0", "", "many", "1.5", "99999999999999999999"}) {
    const Headers headers{{"x-ratelimit-limit-requests", value},
                          {"x-ratelimit-remaining-requests", value},
                          {"x-ratelimit-reset-requests", "-1s"}};
    EXPECT_EQ(openai::read_rate_headers(headers), RateHeaders{}) << value;
  }
}

TEST(AnthropicRateHeaders, ResetsAreRelativeAndTheTightestTokensCount) {
  const Headers headers{{"anthropic-ratelimit-requests-limit", "1000"},
                        {"anthropic-ratelimit-requests-remaining", "999"},
                        {"anthropic-ratelimit-requests-reset", "2026-11-20T12:41:00Z"},
                        {"anthropic-ratelimit-tokens-limit", "90000"},
                        {"anthropic-ratelimit-tokens-remaining", "80000"},
                        {"anthropic-ratelimit-input-tokens-limit", "80000"},
                        {"anthropic-ratelimit-input-tokens-remaining", "79000"},
                        {"anthropic-ratelimit-output-tokens-limit", "10000"},
                        {"anthropic-ratelimit-output-tokens-remaining", "9000"},
                        {"anthropic-ratelimit-output-tokens-reset", "2026-11-20T12:39:00Z"}};
  const auto read = anthropic::read_rate_headers(headers, now_here);
  EXPECT_EQ(read.requests, (RateWindow{1000, 999, milliseconds{60'000}}));
  EXPECT_EQ(read.output_tokens, (RateWindow{10'000, 9000, milliseconds{0}}));
  EXPECT_EQ(read.input_tokens, (RateWindow{80'000, 79'000, {}}));
  EXPECT_EQ(read.tokens, read.output_tokens);
  EXPECT_EQ(anthropic::read_rate_headers({}, now_here), RateHeaders{});
  const Headers odd{{"anthropic-ratelimit-tokens-reset", "1763642460"}};
  EXPECT_EQ(anthropic::read_rate_headers(odd, now_here), RateHeaders{});
}

TEST(RateWindows, TheTighterIsTheOneWithLessLeftWhereThatIsKnown) {
  const RateWindow nothing, full{100, 100, {}}, low{1000, 5, {}}, big{1000, {}, {}},
    small{10, {}, {}};
  const RateWindow* order[] = {&low, &full, &small, &big, &nothing};
  for (std::size_t i = 0; i < std::size(order); ++i)
    for (std::size_t j = i + 1; j < std::size(order); ++j) {
      EXPECT_EQ(tighter(*order[i], *order[j]), *order[i]);
      EXPECT_EQ(tighter(*order[j], *order[i]), *order[i]);
    }
}

}  // namespace
}  // namespace jobraker::net
