#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/llm/core/prices.hpp"

namespace jobraker::llm {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

const sys_days before = year{2025} / 12 / 31;
const sys_days first = year{2026} / 1 / 1;
const sys_days cheaper = year{2026} / 6 / 1;

ModelInfo model() {
  ModelInfo out;
  out.name = "m";
  out.image_tokens_max = 1000;
  out.overhead_tokens = 50;
  out.prices = {{.from = first, .tokens = {400, 100, 500, 1600}},
                {.from = cheaper,
                 .tokens = {100, 10, 125, 500},
                 .long_above = 1000,
                 .long_tokens = {200, 20, 250, 750}}};
  return out;
}

TEST(Prices, CostIsInputCachedWrittenAndOutputEachAtItsPrice) {
  struct Case {
    TokenUsage usage;
    std::int64_t written;
    sys_days day;
    std::int64_t nano;
  };
  for (const auto& [usage, written, day, nano] :
       {Case{{1200, 1024, 40}, 0, first, 176 * 400 + 1024 * 100 + 40 * 1600},
        Case{{0, 0, 0}, 0, first, 0}, Case{{10, 10, 0}, 0, first, 1000},
        Case{{100, 20, 1}, 30, first, 50 * 400 + 20 * 100 + 30 * 500 + 1600},
        Case{{100, 0, 1}, 0, cheaper - std::chrono::days{1}, 100 * 400 + 1600},
        Case{{100, 0, 1}, 0, cheaper, 100 * 100 + 500},
        // One token more and the whole call is dearer.
        Case{{1000, 0, 100}, 0, cheaper, 1000 * 100 + 100 * 500},
        Case{{1001, 1, 100}, 0, cheaper, 1000 * 200 + 20 + 100 * 750}}) {
    auto cost = cost_nano(model(), usage, day, written);
    ASSERT_TRUE(cost) << cost.error().detail;
    EXPECT_EQ(*cost, nano);
  }
}

TEST(Prices, ThereIsNoPriceBeforeTheFirst) {
  EXPECT_EQ(cost_nano(model(), {1, 0, 1}, before).error().code, Errc::not_found);
  EXPECT_EQ(worst_case_nano(model(), 1, 0, 1, before).error().code, Errc::not_found);
  EXPECT_EQ(price_at(model(), before).error().code, Errc::not_found);
}

TEST(Prices, CountsThatCannotBeAreRefused) {
  for (const auto& usage : {TokenUsage{-1, 0, 0}, TokenUsage{0, 0, -1}, TokenUsage{5, -1, 0},
                            TokenUsage{5, 6, 0}, TokenUsage{std::int64_t{1} << 60, 0, 0}})
    EXPECT_EQ(cost_nano(model(), usage, first).error().code, Errc::invalid);
  EXPECT_EQ(cost_nano(model(), {5, 3, 0}, first, 3).error().code, Errc::invalid);
  EXPECT_EQ(worst_case_nano(model(), -1, 0, 0, first).error().code, Errc::invalid);
  EXPECT_EQ(worst_case_nano(model(), 1, -1, 0, first).error().code, Errc::invalid);
  EXPECT_EQ(worst_case_nano(model(), 1, 0, -1, first).error().code, Errc::invalid);
}

TEST(Prices, AModelThatDoesNotSeeTakesNoImages) {
  auto blind = model();
  blind.image_tokens_max = 0;
  EXPECT_EQ(worst_case_nano(blind, 1, 1, 1, first).error().code, Errc::unprocessable);
  EXPECT_TRUE(worst_case_nano(blind, 1, 0, 1, first));
}

TEST(Prices, WorstCaseCountsBytesImagesAndWhatTheProviderAdds) {
  EXPECT_EQ(worst_case_nano(model(), 900, 0, 10, first), (900 + 50) * 500 + 10 * 1600);
  EXPECT_EQ(worst_case_nano(model(), 900, 2, 10, first), (900 + 2000 + 50) * 500 + 10 * 1600);
  EXPECT_EQ(worst_case_nano(model(), 950, 0, 10, cheaper), 1000 * 125 + 10 * 500);
  EXPECT_EQ(worst_case_nano(model(), 951, 0, 10, cheaper), 1001 * 250 + 10 * 750);
}

/// Whatever a provider counts within the bounds, the reservation holds it: with any split into
/// cached, written and plain tokens, any number of image tokens and any length of answer.
TEST(Prices, NoCallCostsMoreThanItsWorstCase) {
  ASSERT_TRUE(rc::check([] {
    auto price = [] {
      auto nano = [] { return *rc::gen::inRange<std::int64_t>(0, 5000); };
      return TokenPrice{nano(), nano(), nano(), nano()};
    };
    ModelInfo m;
    m.image_tokens_max = *rc::gen::inRange<std::int64_t>(1, 50'000);
    m.overhead_tokens = *rc::gen::inRange<std::int64_t>(0, 2000);
    m.prices = {{first, price(), *rc::gen::inRange<std::int64_t>(0, 100'000), price()}};
    auto bytes = *rc::gen::inRange<std::int64_t>(0, 200'000);
    auto images = *rc::gen::inRange<std::int64_t>(0, 5);
    auto max_tokens = *rc::gen::inRange<std::int64_t>(0, 10'000);
    auto share = [](std::int64_t of) { return *rc::gen::inRange<std::int64_t>(0, of + 1); };
    TokenUsage usage;
    usage.input = share(bytes) + share(images * m.image_tokens_max) + share(m.overhead_tokens);
    usage.cached = share(usage.input);
    usage.output = share(max_tokens);
    auto written = share(usage.input - usage.cached);
    auto cost = cost_nano(m, usage, first, written);
    auto worst = worst_case_nano(m, bytes, images, max_tokens, first);
    RC_ASSERT(cost && worst);
    RC_ASSERT(*cost <= *worst);
    RC_ASSERT(*cost >= 0);
  }));
}

TEST(Prices, TheLargestCallsDoNotOverflow) {
  auto m = model();
  m.image_tokens_max = 100'000'000;
  m.prices = {{first, {1'000'000, 1'000'000, 1'000'000, 1'000'000}}};
  auto worst = worst_case_nano(m, 1'000'000'000'000, 10'000, 1'000'000'000'000, first);
  ASSERT_TRUE(worst);
  EXPECT_GT(*worst, 3'000'000'000'000'000'000);
}

TEST(Prices, TheDayIsTheDayInUtc) {
  EXPECT_EQ(day_of(*parse_rfc3339("2026-05-31T23:59:59.999999Z")), cheaper - std::chrono::days{1});
  EXPECT_EQ(day_of(*parse_rfc3339("2026-06-01T01:30:00+02:00")), cheaper - std::chrono::days{1});
  EXPECT_EQ(day_of(*parse_rfc3339("2026-06-01T00:00:00Z")), cheaper);
}

}  // namespace
}  // namespace jobraker::llm
