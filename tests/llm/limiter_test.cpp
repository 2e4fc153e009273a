#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/llm/core/limiter.hpp"

namespace jobraker::llm {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::milliseconds;

const Moment start = Moment{} + 1h;

struct Admitted {
  Moment at{};
  std::int64_t tokens = 0;
};

/// The most that falls into any half-open minute.
template <class Amount>
std::int64_t busiest_minute(const std::vector<Admitted>& all, Amount amount) {
  std::int64_t most = 0, sum = 0;
  std::size_t first = 0;
  for (const auto& each : all) {
    sum += amount(each);
    while (all[first].at + 60s <= each.at)
      sum -= amount(all[first++]);
    most = std::max(most, sum);
  }
  return most;
}

/// Asks again and again, at random moments or just when the limiter said, for `calls` calls.
std::vector<Admitted> run(Limiter& limiter, std::int64_t tokens_max, int calls) {
  std::vector<Admitted> out;
  auto now = start;
  while (static_cast<int>(out.size()) < calls) {
    auto tokens = *rc::gen::inRange<std::int64_t>(0, tokens_max + 1);
    auto wait = limiter.take(tokens, now);
    if (wait == 0ms)
      out.push_back({now, tokens});
    else
      now += wait;
    now += microseconds{*rc::gen::inRange(0, 400'000)};
  }
  return out;
}

TEST(Limiter, NoMinuteSeesMoreThanTheLimits) {
  ASSERT_TRUE(rc::check([] {
    auto requests = *rc::gen::inRange<std::int64_t>(1, 200);
    auto tokens = *rc::gen::inRange<std::int64_t>(1, 5000);
    Limiter limiter{requests, tokens};
    auto all = run(limiter, std::max<std::int64_t>(1, tokens / 6), 150);
    RC_ASSERT(busiest_minute(all, [](const Admitted&) { return 1; }) <= requests);
    RC_ASSERT(busiest_minute(all, [](const Admitted& each) { return each.tokens; }) <= tokens);
  }));
}

/// Calls of any size, also larger than the limit: the provider, who keeps a bucket as large as the
/// limit, never has to say no.
TEST(Limiter, AProvidersBucketOfTheSameLimitIsNeverOverdrawn) {
  ASSERT_TRUE(rc::check([] {
    auto limit = *rc::gen::inRange<std::int64_t>(1, 5000);
    Limiter limiter{0, limit};
    auto all = run(limiter, 2 * limit, 60);
    auto level = static_cast<double>(limit);
    auto at = start;
    for (const auto& each : all) {
      level += std::chrono::duration<double, std::ratio<60>>(each.at - at).count() *
               static_cast<double>(limit);
      level = std::min(level, static_cast<double>(limit));
      at = each.at;
      level -= static_cast<double>(std::min(each.tokens, limit));
      RC_ASSERT(level >= -1e-6);
    }
  }));
}

/// What is given back and what was used instead of what was expected keeps the truth in bounds.
TEST(Limiter, TrueUsageStaysWithinTheLimitWhenExpectationsAreTooHigh) {
  ASSERT_TRUE(rc::check([] {
    std::int64_t limit = 600;
    Limiter limiter{0, limit};
    std::vector<Admitted> all;
    std::vector<std::pair<std::int64_t, std::int64_t>> open;  // reserved, used
    auto now = start;
    while (all.size() < 100) {
      auto reserved = *rc::gen::inRange<std::int64_t>(1, 101);
      auto used = *rc::gen::inRange<std::int64_t>(0, reserved + 1);
      if (limiter.take(reserved, now) == 0ms) {
        all.push_back({now, used});
        open.emplace_back(reserved, used);
      } else if (!open.empty()) {
        limiter.settle(open.back().first, open.back().second, now);
        open.pop_back();
      }
      now += milliseconds{*rc::gen::inRange(0, 500)};
    }
    RC_ASSERT(busiest_minute(all, [](const Admitted& each) { return each.tokens; }) <= limit);
  }));
}

TEST(Limiter, WaitingAsLongAsItSaysIsEnough) {
  ASSERT_TRUE(rc::check([] {
    Limiter limiter{*rc::gen::inRange<std::int64_t>(0, 100),
                    *rc::gen::inRange<std::int64_t>(0, 1000)};
    auto now = start;
    for (int i = 0; i < 40; ++i) {
      auto tokens = *rc::gen::inRange<std::int64_t>(0, 2000);
      if (auto wait = limiter.take(tokens, now); wait > 0ms)
        RC_ASSERT(limiter.take(tokens, now += wait) == 0ms);
    }
  }));
}

TEST(Limiter, SustainedRateIsFiveSixthsOfTheLimitOrMore) {
  Limiter limiter{600, 0};
  auto now = start;
  int admitted = 0;
  while (now < start + 10min)
    if (auto wait = limiter.take(1, now); wait == 0ms)
      ++admitted;
    else
      now += wait;
  EXPECT_GE(admitted, 5000);
  EXPECT_LE(admitted, 6000);
}

TEST(Limiter, WithoutLimitsEverythingGoes) {
  Limiter limiter;
  for (int i = 0; i < 10'000; ++i)
    ASSERT_EQ(limiter.take(1'000'000, start), 0ms);
}

TEST(Limiter, ATimeThatGoesBackIsTheLatestSeen) {
  Limiter limiter{6, 0};
  EXPECT_EQ(limiter.take(0, start), 0ms);
  EXPECT_EQ(limiter.take(0, start - 30min), 10s);
  EXPECT_EQ(limiter.take(0, start), 10s);
  EXPECT_EQ(limiter.take(0, start + 10s), 0ms);
}

TEST(Limiter, ACallThatWasNeverSentGivesItsPlaceBack) {
  Limiter limiter{6, 100};
  EXPECT_EQ(limiter.take(10, start), 0ms);
  EXPECT_GT(limiter.take(10, start), 0ms);
  limiter.give_back(10, start);
  EXPECT_EQ(limiter.take(10, start), 0ms);
}

TEST(Limiter, MoreUsedThanExpectedIsPaidForLater) {
  Limiter limiter{0, 600};
  ASSERT_EQ(limiter.take(10, start), 0ms);
  limiter.settle(10, 310, start);
  // 210 below nothing; 501 a minute come back.
  auto wait = limiter.take(1, start);
  EXPECT_GT(wait, 25s);
  EXPECT_LT(wait, 26s);
}

TEST(Limiter, RetryAfterHoldsEverythingUntilThen) {
  Limiter limiter;
  limiter.block(1500ms, start);
  limiter.block(200ms, start);
  EXPECT_EQ(limiter.take(1, start), 1500ms);
  EXPECT_EQ(limiter.take(1, start + 1s), 500ms);
  EXPECT_EQ(limiter.take(1, start + 1500ms), 0ms);
  limiter.block(milliseconds::max(), start + 2s);
  EXPECT_EQ(limiter.take(1, start + 2s), 1h);
}

TEST(Limiter, SlowDownHalvesForAQuarterOfAnHour) {
  Limiter limiter{600, 1000};
  limiter.slow_down(start);
  EXPECT_EQ(limiter.requests_per_minute(), 300);
  EXPECT_EQ(limiter.tokens_per_minute(), 500);
  limiter.slow_down(start + 10min);
  limiter.take(1, start + 24min);
  EXPECT_EQ(limiter.requests_per_minute(), 300);
  limiter.take(1, start + 25min);
  EXPECT_EQ(limiter.requests_per_minute(), 600);
  EXPECT_EQ(limiter.tokens_per_minute(), 1000);
}

TEST(Limiter, TheProvidersLimitsReplaceTheConfiguredOnes) {
  struct Case {
    ProviderLimit said;
    std::int64_t limit;
  };
  for (const auto& [said, limit] :
       {Case{{}, 600}, Case{{.limit = 60, .remaining = 59, .reset = 1s}, 60},
        Case{{.limit = 5000, .remaining = 4999, .reset = 12ms}, 5000}, Case{{.limit = 60}, 60},
        Case{{.limit = 0, .remaining = 0}, 600}, Case{{.limit = -1, .remaining = -1}, 600},
        // Anthropic's reset is a moment in whole seconds.
        Case{{.limit = 4000, .remaining = 3999, .reset = 1s}, 4000},
        // A limit for the day in the same header (OpenAI, small accounts).
        Case{{.limit = 10000, .remaining = 9999, .reset = 8640ms}, 600},
        Case{{.limit = 200, .remaining = 190, .reset = 72min}, 600}}) {
    Limiter limiter{600, 0};
    limiter.learn({.requests = said}, start);
    EXPECT_EQ(limiter.requests_per_minute(), limit);
  }
}

TEST(Limiter, WhatIsLeftIsNeverMoreThanTheProviderSays) {
  Limiter limiter{0, 6000};
  limiter.learn({.tokens = {.limit = 6000, .remaining = 3}}, start);
  EXPECT_EQ(limiter.take(3, start), 0ms);
  EXPECT_GT(limiter.take(1, start), 0ms);
  // An older answer with a larger number arrives late.
  limiter.learn({.tokens = {.limit = 6000, .remaining = 5000}}, start);
  EXPECT_GT(limiter.take(1, start), 0ms);
}

TEST(Limiter, NothingLeftOfADaysLimitWaitsForTheNextOne) {
  Limiter limiter{60, 0};
  limiter.learn({.requests = {.limit = 100, .remaining = 0, .reset = 24h}}, start);
  EXPECT_EQ(limiter.take(1, start), 864s);
}

TEST(Limiter, AHeaderAloneSetsALimitWhereNoneWas) {
  Limiter limiter;
  limiter.learn({.requests = {.limit = 6, .remaining = 5, .reset = 10s}}, start);
  EXPECT_EQ(limiter.take(1, start), 0ms);
  EXPECT_EQ(limiter.take(1, start), 10s);
}

}  // namespace
}  // namespace jobraker::llm
