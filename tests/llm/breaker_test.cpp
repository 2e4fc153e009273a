#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/llm/core/breaker.hpp"

namespace jobraker::llm {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

const Moment start = Moment{} + 1h;
const BreakerRules rules{.window = 30s,
                         .calls_min = 10,
                         .failure_ratio = 0.5,
                         .consecutive = 5,
                         .open_for = 10s,
                         .open_for_max = 60s,
                         .quota_open = 15min,
                         .missing_open = 1h,
                         .probe_lease = 2min};

void call(Breaker& breaker, CallVerdict verdict, Moment now) {
  auto pass = breaker.enter(now);
  ASSERT_TRUE(pass);
  breaker.record(*pass, verdict, now);
}

Breaker opened() {
  Breaker breaker{rules};
  for (int i = 0; i < 5; ++i)
    call(breaker, CallVerdict::failed, start);
  return breaker;
}

TEST(Breaker, OpensAfterFailuresInARow) {
  Breaker breaker{rules};
  for (int i = 0; i < 4; ++i)
    call(breaker, CallVerdict::failed, start);
  EXPECT_EQ(breaker.state(start), BreakerState::closed);
  call(breaker, CallVerdict::failed, start);
  EXPECT_EQ(breaker.state(start), BreakerState::open);
  EXPECT_FALSE(breaker.enter(start));
  EXPECT_EQ(breaker.wait(start), 10s);
}

TEST(Breaker, SaysSinceWhenItIsAsItIs) {
  EXPECT_FALSE(Breaker{rules}.since(start)) << "always";
  auto breaker = opened();
  EXPECT_EQ(breaker.since(start + 1s), start);
  breaker.record(0, CallVerdict::quota, start + 2s);
  EXPECT_EQ(breaker.since(start + 3s), start) << "it was open already";
  const auto half_open = start + 2s + 15min;
  EXPECT_EQ(breaker.state(half_open), BreakerState::half_open);
  EXPECT_EQ(breaker.since(half_open + 1s), half_open);
  call(breaker, CallVerdict::failed, half_open + 1s);
  EXPECT_EQ(breaker.since(half_open + 2s), half_open + 1s) << "open again";
  const auto later = half_open + 1h;
  call(breaker, CallVerdict::good, later);
  EXPECT_EQ(breaker.state(later), BreakerState::closed);
  EXPECT_EQ(breaker.since(later + 1h), later);
}

TEST(Breaker, OpensWhenHalfOfEnoughCallsFail) {
  Breaker breaker{rules};
  for (int i = 0; i < 4; ++i) {
    call(breaker, CallVerdict::good, start);
    call(breaker, CallVerdict::failed, start);
  }
  call(breaker, CallVerdict::good, start);
  EXPECT_EQ(breaker.state(start), BreakerState::closed) << "nine calls prove nothing";
  call(breaker, CallVerdict::failed, start);
  EXPECT_EQ(breaker.state(start), BreakerState::open);
}

TEST(Breaker, FailuresLeaveTheWindow) {
  Breaker breaker{rules};
  auto now = start;
  for (int i = 0; i < 60; ++i, now += 4s) {
    call(breaker, CallVerdict::failed, now);
    call(breaker, CallVerdict::good, now);
    breaker.record(*breaker.enter(now), CallVerdict::good, now);
  }
  EXPECT_EQ(breaker.state(now), BreakerState::closed);
}

TEST(Breaker, QuotaAndMissingOpenAtOnceAndForLong) {
  Breaker quota{rules};
  call(quota, CallVerdict::quota, start);
  EXPECT_EQ(quota.wait(start), 15min);
  Breaker missing{rules};
  call(missing, CallVerdict::missing, start);
  EXPECT_EQ(missing.wait(start), 1h);
}

TEST(Breaker, AnOlderShorterReasonDoesNotShortenALongerOne) {
  Breaker breaker{rules};
  auto first = breaker.enter(start);
  auto second = breaker.enter(start);
  breaker.record(*first, CallVerdict::missing, start);
  breaker.record(*second, CallVerdict::quota, start);
  EXPECT_EQ(breaker.wait(start), 1h);
}

TEST(Breaker, NeutralSaysNothing) {
  Breaker breaker{rules};
  for (int i = 0; i < 4; ++i)
    call(breaker, CallVerdict::failed, start);
  for (int i = 0; i < 100; ++i)
    call(breaker, CallVerdict::neutral, start);
  EXPECT_EQ(breaker.state(start), BreakerState::closed);
  call(breaker, CallVerdict::failed, start);
  EXPECT_EQ(breaker.state(start), BreakerState::open);
}

TEST(Breaker, LetsOneProbeThroughAndClosesWhenItIsGood) {
  auto breaker = opened();
  EXPECT_FALSE(breaker.enter(start + 9'999ms));
  auto now = start + 10s;
  EXPECT_EQ(breaker.state(now), BreakerState::half_open);
  auto probe = breaker.enter(now);
  ASSERT_TRUE(probe);
  EXPECT_FALSE(breaker.enter(now));
  breaker.record(*probe, CallVerdict::good, now);
  EXPECT_EQ(breaker.state(now), BreakerState::closed);
  EXPECT_TRUE(breaker.enter(now));
}

TEST(Breaker, AFailedProbeOpensForTwiceAsLongUpToABound) {
  auto breaker = opened();
  auto now = start;
  for (auto next : {10s, 20s, 40s, 60s, 60s}) {
    EXPECT_EQ(breaker.wait(now), next);
    now += next;
    call(breaker, CallVerdict::failed, now);
  }
  now += 60s;
  call(breaker, CallVerdict::good, now);
  for (int i = 0; i < 5; ++i)
    call(breaker, CallVerdict::failed, now);
  EXPECT_EQ(breaker.wait(now), 10s) << "what was, is forgotten";
}

TEST(Breaker, ANeutralProbeMakesWayForAnother) {
  auto breaker = opened();
  auto now = start + 10s;
  call(breaker, CallVerdict::neutral, now);
  EXPECT_EQ(breaker.state(now), BreakerState::half_open);
  EXPECT_TRUE(breaker.enter(now));
}

TEST(Breaker, ALostProbeIsReplacedAndCountsNoMore) {
  auto breaker = opened();
  auto now = start + 10s;
  auto lost = breaker.enter(now);
  EXPECT_EQ(breaker.wait(now), 2min);
  now += 2min;
  auto probe = breaker.enter(now);
  ASSERT_TRUE(probe);
  breaker.record(*lost, CallVerdict::good, now);
  EXPECT_EQ(breaker.state(now), BreakerState::half_open);
  EXPECT_FALSE(breaker.enter(now));
  breaker.record(*probe, CallVerdict::good, now);
  EXPECT_EQ(breaker.state(now), BreakerState::closed);
}

TEST(Breaker, CallsFromBeforeItOpenedDoNotDecideAboutTheProbe) {
  Breaker breaker{rules};
  auto slow = breaker.enter(start);
  for (int i = 0; i < 5; ++i)
    call(breaker, CallVerdict::failed, start);
  auto now = start + 10s;
  breaker.record(*slow, CallVerdict::good, now);
  EXPECT_EQ(breaker.state(now), BreakerState::half_open);
  auto probe = breaker.enter(now);
  breaker.record(*slow, CallVerdict::failed, now);
  EXPECT_FALSE(breaker.enter(now));
  breaker.record(*probe, CallVerdict::good, now);
  EXPECT_EQ(breaker.state(now), BreakerState::closed);
}

/// Over any course of events: never two probes at a time, nothing passes while it is open, `wait`
/// and `enter` agree, and a provider that has recovered is always reached again.
TEST(Breaker, NeverTwoProbesAndNeverStuck) {
  ASSERT_TRUE(rc::check([] {
    Breaker breaker{rules};
    std::vector<std::uint64_t> out;
    auto now = start;
    bool probing = false;
    Moment probe_since{};
    for (int i = 0; i < 200; ++i) {
      now += milliseconds{*rc::gen::inRange(0, 8000)};
      if (out.empty() || *rc::gen::arbitrary<bool>()) {
        auto state = breaker.state(now);
        auto wait = breaker.wait(now);
        auto pass = breaker.enter(now);
        RC_ASSERT(pass.has_value() == (wait == 0ms));
        RC_ASSERT(!pass || state != BreakerState::open);
        if (pass && state == BreakerState::half_open) {
          RC_ASSERT(!probing || now >= probe_since + rules.probe_lease);
          probing = true;
          probe_since = now;
        }
        if (pass)
          out.push_back(*pass);
      } else {
        auto which = *rc::gen::inRange<std::size_t>(0, out.size());
        auto verdict = *rc::gen::weightedElement<CallVerdict>({{4, CallVerdict::good},
                                                               {8, CallVerdict::failed},
                                                               {2, CallVerdict::neutral},
                                                               {1, CallVerdict::quota}});
        // Only the newest permission can be the probe's; when it ends, the next one may go.
        if (out[which] == *std::max_element(out.begin(), out.end()) ||
            verdict == CallVerdict::quota)
          probing = false;
        breaker.record(out[which], verdict, now);
        out.erase(out.begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
    now += breaker.wait(now);
    auto pass = breaker.enter(now);
    RC_ASSERT(pass.has_value());
    breaker.record(*pass, CallVerdict::good, now);
    RC_ASSERT(breaker.state(now) == BreakerState::closed);
  }));
}

}  // namespace
}  // namespace jobraker::llm
