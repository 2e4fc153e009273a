#include "actors/inspection/core/stale.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jobraker::inspection {
namespace {

using namespace std::chrono_literals;
using Kind = WorkUnderWay::Kind;

constexpr Time start{std::chrono::seconds{1'700'000'000}};
constexpr StaleLimits limits{30min, 120min};

std::vector<Conspicuous> one(Kind kind, Time::duration still) {
  return stale_work({{kind, "/a", start - still}}, limits, start);
}

TEST(StaleWork, AKitIsStaleWhenItHasNotMovedForItsLimit) {
  EXPECT_TRUE(one(Kind::kit, 29min).empty());
  const auto found = one(Kind::kit, 30min);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, AlarmKind::stale_workflow);
  EXPECT_EQ(found[0].path, "/a");
  EXPECT_EQ(found[0].value, 1);
  EXPECT_EQ(found[0].detail, "no step for 30 min");
  EXPECT_EQ(one(Kind::kit, 240min).at(0).value, 8);
}

TEST(StaleWork, AnApplicationIsStaleBecauseItIsMarked) {
  EXPECT_EQ(one(Kind::application, 5min).at(0).value, 1) << "the mark counts, not our clock";
  EXPECT_EQ(one(Kind::application, 240min).at(0).value, 2);
  EXPECT_EQ(one(Kind::application, 240min).at(0).detail, "no news of the run for 240 min");
  EXPECT_EQ(one(Kind::application, -5min).at(0).detail, "no news of the run for 0 min");
}

TEST(StaleWork, RaisesAnAlarmThatGetsWorseAndIsOverWithTheNextLook) {
  AlarmBook book;
  EXPECT_TRUE(book.look(start, one(Kind::kit, 20min)).raised.empty());
  auto raised = book.look(start, one(Kind::kit, 30min)).raised;
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].level, AlarmLevel::warning);
  auto worse = book.look(start, one(Kind::kit, 250min)).raised;
  ASSERT_EQ(worse.size(), 1u);
  EXPECT_EQ(worse[0].level, AlarmLevel::critical);
  EXPECT_EQ(worse[0].id, raised[0].id);
  EXPECT_EQ(book.look(start, {}).over.size(), 1u);
  EXPECT_TRUE(book.on().empty());
}

RC_GTEST_PROP(StaleWork, NamesWhomItShouldAndNobodyElse, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 20);
  std::vector<WorkUnderWay> work;
  std::size_t expected = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto kind = *rc::gen::arbitrary<bool>() ? Kind::kit : Kind::application;
    const std::chrono::minutes still{*rc::gen::inRange(-10, 500)};
    work.push_back({kind, "/" + std::to_string(i), start - still});
    expected += kind == Kind::application || still >= limits.kit ? 1 : 0;
  }
  const auto found = stale_work(work, limits, start);
  RC_ASSERT(found.size() == expected);
  for (const auto& each : found)
    RC_ASSERT(each.value >= 1);
}

}  // namespace
}  // namespace jobraker::inspection
