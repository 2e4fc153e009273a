#include "actors/inspection/core/alarms.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jobraker::inspection {
namespace {

constexpr Time start{std::chrono::seconds{1'700'000'000}};

/// Raise at 100 in two looks, critical at 1000, over below 50 for three looks.
constexpr AllLimits limits{AlarmLimits{100, 1000, 50, 2, 3}, AlarmLimits{100, 1000, 50, 1, 3},
                           AlarmLimits{100, 1000, 50, 1, 1}, AlarmLimits{100, 1000, 50, 1, 1}};

struct World {
  AlarmBook book{limits, 5};
  Time now = start;
  AlarmNews look(std::vector<Conspicuous> found) {
    now += std::chrono::seconds{1};
    return book.look(now, found);
  }
  AlarmNews mailbox(double value) {
    return look({{AlarmKind::long_mailbox, "/a", value, std::to_string(value)}});
  }
};

TEST(Alarms, AreRaisedOnceAndAreOverOnce) {
  World w;
  EXPECT_TRUE(w.mailbox(200).raised.empty()) << "once is a burst";
  auto raised = w.mailbox(150).raised;
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].path, "/a");
  EXPECT_EQ(raised[0].since, w.now);
  EXPECT_EQ(raised[0].level, AlarmLevel::warning);
  for (double value : {60.0, 99.0, 150.0, 40.0, 40.0, 60.0, 40.0, 0.0}) {
    auto news = w.mailbox(value);
    EXPECT_TRUE(news.raised.empty() && news.over.empty()) << value;
  }
  auto over = w.look({}).over;
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].id, raised[0].id);
  EXPECT_TRUE(w.book.on().empty());
  w.mailbox(200);
  auto again = w.mailbox(200).raised;
  ASSERT_EQ(again.size(), 1u);
  EXPECT_NE(again[0].id, raised[0].id);
}

TEST(Alarms, GetWorseButNotBetter) {
  World w;
  w.mailbox(100);
  auto id = w.mailbox(100).raised.at(0).id;
  auto worse = w.mailbox(1000).raised;
  ASSERT_EQ(worse.size(), 1u);
  EXPECT_EQ(worse[0].id, id);
  EXPECT_EQ(worse[0].level, AlarmLevel::critical);
  EXPECT_TRUE(w.mailbox(2000).raised.empty());
  EXPECT_TRUE(w.mailbox(100).raised.empty());
  EXPECT_EQ(w.book.on().at(0).level, AlarmLevel::critical);
  EXPECT_EQ(w.book.on().at(0).detail, std::to_string(100.0)) << "the figure is the present one";
}

TEST(Alarms, HaveLimitsForEachKind) {
  for (const auto& one : default_limits) {
    EXPECT_LT(one.clear, one.raise);
    EXPECT_LT(one.raise, one.critical);
    EXPECT_GE(one.raise_after, 1);
    EXPECT_GE(one.clear_after, 1);
  }
}

TEST(Alarms, OfOneActorDifferByTheirKind) {
  World w;
  auto raised = w.look({{AlarmKind::long_handler, "/a", 100, ""},
                        {AlarmKind::restart_storm, "/a", 100, ""},
                        {AlarmKind::long_handler, "/a", 1000, "the worse"}})
                  .raised;
  ASSERT_EQ(raised.size(), 2u);
  EXPECT_NE(raised[0].id, raised[1].id);
  EXPECT_EQ(w.book.on().at(0).level, AlarmLevel::critical);
}

TEST(Alarms, AreBoundedAndTheWorstAreKept) {
  World w;
  std::vector<Conspicuous> found;
  for (int i = 0; i < 20; ++i)
    found.push_back({AlarmKind::long_handler, "/" + std::to_string(i), 100.0 + i, ""});
  EXPECT_EQ(w.look(found).raised.size(), 5u);
  EXPECT_EQ(w.book.left_out(), 15u);
  std::set<std::string> paths;
  for (const auto& alarm : w.book.on())
    paths.insert(alarm.path);
  EXPECT_EQ(paths, (std::set<std::string>{"/15", "/16", "/17", "/18", "/19"}));
}

/// What watchers are told, put together, is what is on; nothing is raised between `clear` and
/// `raise`, and nothing that stayed above `clear` is over.
RC_GTEST_PROP(Alarms, NewsAddUpToWhatIsOn, ()) {
  World w;
  std::map<std::string, AlarmLevel> told;
  std::map<std::string, double> last;
  const auto looks = *rc::gen::inRange(1, 40);
  for (int i = 0; i < looks; ++i) {
    std::vector<Conspicuous> found;
    std::map<std::string, double> values;
    for (const std::string path : {"/a", "/b", "/c"}) {
      values[path] = *rc::gen::element(0.0, 49.0, 50.0, 99.0, 100.0, 500.0, 1000.0);
      found.push_back({AlarmKind::long_handler, path, values[path], ""});
    }
    const auto news = w.look(found);
    for (const auto& alarm : news.raised) {
      RC_ASSERT(values[alarm.path] >= 100);
      RC_ASSERT(!told.contains(alarm.path) || told[alarm.path] < alarm.level);
      told[alarm.path] = alarm.level;
    }
    for (const auto& alarm : news.over) {
      RC_ASSERT(values[alarm.path] < 50 && last[alarm.path] < 50);
      RC_ASSERT(told.erase(alarm.path) == 1u);
    }
    std::map<std::string, AlarmLevel> on;
    for (const auto& alarm : w.book.on())
      on[alarm.path] = alarm.level;
    RC_ASSERT(on == told);
    last = values;
  }
}

}  // namespace
}  // namespace jobraker::inspection
