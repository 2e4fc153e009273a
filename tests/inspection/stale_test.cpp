#include "actors/inspection/core/stale.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jobraker::inspection {
namespace {

using namespace std::chrono_literals;
using Stuck = std::optional<StuckReason>;

constexpr Time start{std::chrono::seconds{1'700'000'000}};
constexpr StaleLimits limits{30min, 120min};

constexpr Stuck kit = std::nullopt;

std::vector<Conspicuous> one(Stuck stuck, Time::duration still) {
  return stale_work({{"/a", start - still, stuck}}, limits, start);
}

TEST(StaleWork, AKitIsStaleWhenItHasNotMovedForItsLimit) {
  EXPECT_TRUE(one(kit, 29min).empty());
  const auto found = one(kit, 30min);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, AlarmKind::stale_workflow);
  EXPECT_EQ(found[0].path, "/a");
  EXPECT_EQ(found[0].value, 1);
  EXPECT_EQ(found[0].detail, "no step for 30 min");
  EXPECT_EQ(one(kit, 240min).at(0).value, 8);
}

TEST(StaleWork, AnApplicationIsStuckByItsOwnRules) {
  EXPECT_EQ(one(StuckReason::silent, 5min).at(0).value, 1) << "the rule counts, not our clock";
  EXPECT_EQ(one(StuckReason::overdue, 240min).at(0).value, 2);
  EXPECT_EQ(one(StuckReason::silent, 240min).at(0).detail,
            "nothing is heard of its run; as it is for 240 min");
  EXPECT_EQ(one(StuckReason::in_doubt, -5min).at(0).detail,
            "nobody knows whether it was sent; as it is for 0 min");
  EXPECT_TRUE(one(StuckReason::needs_input, 240h).empty()) << "it waits for its person";
}

TEST(StaleWork, RaisesAnAlarmThatGetsWorseAndIsOverWithTheNextLook) {
  AlarmBook book;
  EXPECT_TRUE(book.look(start, one(kit, 20min)).raised.empty());
  auto raised = book.look(start, one(kit, 30min)).raised;
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].level, AlarmLevel::warning);
  auto worse = book.look(start, one(kit, 250min)).raised;
  ASSERT_EQ(worse.size(), 1u);
  EXPECT_EQ(worse[0].level, AlarmLevel::critical);
  EXPECT_EQ(worse[0].id, raised[0].id);
  EXPECT_EQ(book.look(start, {}).over.size(), 1u);
  EXPECT_TRUE(book.on().empty());
}

RC_GTEST_PROP(StaleWork, NamesWhomItShouldAndNobodyElse, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 20);
  constexpr int reasons = std::size(enum_names<StuckReason>);
  std::vector<WorkUnderWay> work;
  std::size_t expected = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto reason = *rc::gen::inRange(0, reasons + 1);
    const auto stuck = reason == reasons ? kit : Stuck{static_cast<StuckReason>(reason)};
    const std::chrono::minutes still{*rc::gen::inRange(-10, 500)};
    work.push_back({"/" + std::to_string(i), start - still, stuck});
    if (stuck ? *stuck != StuckReason::needs_input : still >= limits.kit)
      ++expected;
  }
  const auto found = stale_work(work, limits, start);
  RC_ASSERT(found.size() == expected);
  for (const auto& each : found)
    RC_ASSERT(each.value >= 1);
}

}  // namespace
}  // namespace jobraker::inspection
