#include "actors/schedules/core/decide.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jobraker::schedules {
namespace {

using namespace std::chrono_literals;

const Time noon = *parse_rfc3339("2026-11-21T12:00:00Z");

Timing hourly() { return **parse_timing("0 * * * *", "UTC"); }

TEST(Decisions, NothingBeginsBeforeItsTime) {
  const auto timing = hourly();
  EXPECT_EQ(decide({&timing, false, noon + 1h}, noon + 59min), (Decision{{}, noon + 1h}));
}

TEST(Decisions, WhatIsDueBeginsAndTheNextTimeIsAfterNow) {
  const auto timing = hourly();
  EXPECT_EQ(decide({&timing, false, noon}, noon),
            (Decision{Beginning{noon, 0, noon + 1h}, noon + 1h}));
}

TEST(Decisions, WhatWasMissedIsMadeUpForOnce) {
  const auto timing = hourly();
  const auto decision = decide({&timing, false, noon}, noon + 5h + 10min);
  EXPECT_EQ(decision, (Decision{Beginning{noon, 5, noon + 6h}, noon + 6h}));
  EXPECT_FALSE(decide({&timing, false, decision.begin->next_at}, noon + 5h + 10min).begin);
}

TEST(Decisions, AnyNumberOfMissedTimesIsCountedInBoundedTime) {
  const auto timing = **parse_timing("@every 1s", "UTC");
  EXPECT_EQ(decide({&timing, false, noon}, noon + 8760h).begin->missed, missed_max);
}

TEST(Decisions, WhatIsPausedOrHasNoTimesNeverBegins) {
  const auto timing = hourly();
  EXPECT_EQ(decide({&timing, true, noon}, noon + 1h), Decision{});
  EXPECT_EQ(decide({&timing, false, std::nullopt}, noon + 1h), Decision{});
  EXPECT_EQ(decide({nullptr, false, noon}, noon + 1h), Decision{});
}

TEST(Decisions, WhatIsDueWaitsForTheRunUnderWay) {
  const auto timing = hourly();
  EXPECT_EQ(decide({&timing, false, noon, noon + 1min}, noon), (Decision{{}, noon + 1min}));
}

TEST(Decisions, WhatCameDueDuringARunIsPassedOver) {
  const auto timing = hourly();
  EXPECT_EQ(next_after_run({&timing, false, noon}, noon + 90min), noon + 2h);
  EXPECT_EQ(next_after_run({&timing, false, noon + 2h}, noon + 90min), noon + 2h);
  EXPECT_EQ(next_after_run({&timing, true, std::nullopt}, noon), std::nullopt);
}

/// A table row with its run, and nodes that look at it whenever they like, end a run, or die in it.
struct World {
  Timing timing = **parse_timing("*/7 * * * *", "UTC");
  bool paused = false;
  std::optional<Time> next_at{};
  std::optional<Time> lease{};  ///< of the run under way
  bool dead = false;            ///< its node is gone
  std::multiset<Time> begun{};
  Time at = noon;
  std::size_t due_seen = 0;

  void look() {
    if (lease && *lease <= at)
      lease.reset();  // abandoned
    const auto decision = decide({&timing, paused, next_at, lease}, at);
    if (!decision.begin)
      return;
    RC_ASSERT(!lease);
    RC_ASSERT(decision.begin->due_at <= at);
    RC_ASSERT(!decision.begin->next_at || *decision.begin->next_at > at);
    begun.insert(decision.begin->due_at);
    next_at = decision.begin->next_at;
    lease = at + 1min;
    dead = false;
  }
  void end() {
    if (!lease || dead || *lease <= at)
      return;
    lease.reset();
    next_at = next_after_run({&timing, paused, next_at}, at);
  }
};

RC_GTEST_PROP(Decisions, NoDueTimeIsRunTwiceAndNoneStaysBehind, ()) {
  World world;
  world.next_at = next_from(&world.timing, world.at);
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9));
  for (const auto step : steps) {
    switch (step) {
    case 0:
    case 1:
    case 2:
      world.look();
      break;
    case 3:
      world.end();
      break;
    case 4:
      world.dead = world.lease.has_value();
      break;
    case 5:
      world.paused = true;
      break;
    case 6:
      world.paused = false;
      world.next_at = next_from(&world.timing, world.at);
      break;
    case 7:
      world.at += std::chrono::minutes{*rc::gen::inRange(0, 30)};
      break;
    default:
      world.at += std::chrono::seconds{*rc::gen::inRange(0, 90)};
    }
    for (const auto& due : world.begun)
      RC_ASSERT(world.begun.count(due) == 1U);
  }
  // However it went, it goes on: nobody ends the run under way, and one look after its lease does.
  world.paused = false;
  const auto before = world.begun.size();
  world.at += 10min;
  world.look();
  RC_ASSERT(world.begun.size() == before + 1);
  RC_ASSERT(*world.next_at > world.at);
}

}  // namespace
}  // namespace jobraker::schedules
