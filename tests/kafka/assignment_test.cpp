#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/kafka/assignment.hpp"

namespace jobraker::net::kafka {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const TopicPartition p0{"jobs", 0};
const TopicPartition p1{"jobs", 1};

TEST(Assignment, IsFullAtItsBoundAndPausesWhenThatLasts) {
  Assignment assignment{4, 100};
  assignment.add(p0);
  assignment.add(p1);
  for (std::int64_t i = 0; i < 3; ++i)
    assignment.hand(p0, i);
  EXPECT_FALSE(assignment.full());
  assignment.hand(p1, 0);
  EXPECT_TRUE(assignment.full());
  EXPECT_FALSE(assignment.turn_due());
  assignment.stall();
  ASSERT_TRUE(assignment.turn_due());
  auto turn = assignment.turn();
  EXPECT_THAT(turn.pause, UnorderedElementsAre(p0, p1));
  EXPECT_THAT(turn.resume, IsEmpty());

  assignment.finish(p0, 2);
  EXPECT_FALSE(assignment.turn_due());
  EXPECT_TRUE(assignment.stalled());
  assignment.finish(p0, 0);
  ASSERT_TRUE(assignment.turn_due());
  turn = assignment.turn();
  EXPECT_THAT(turn.pause, IsEmpty());
  EXPECT_THAT(turn.resume, UnorderedElementsAre(p0, p1));
  EXPECT_FALSE(assignment.stalled());
}

TEST(Assignment, PausesOnlyThePartitionWhoseWindowIsFull) {
  Assignment assignment{100, 4};
  assignment.add(p0);
  assignment.add(p1);
  for (std::int64_t i = 0; i < 4; ++i) {
    assignment.hand(p0, i);
    assignment.hand(p1, i);
    assignment.finish(p1, i);
    if (i > 0)
      assignment.finish(p0, i);
  }
  EXPECT_EQ(assignment.unfinished(), 1U);
  ASSERT_TRUE(assignment.turn_due());
  EXPECT_THAT(assignment.turn().pause, ElementsAre(p0));
  assignment.finish(p0, 0);
  ASSERT_TRUE(assignment.turn_due());
  EXPECT_THAT(assignment.turn().resume, ElementsAre(p0));
}

TEST(Assignment, PausesAPartitionThatArrivesWhileAllAre) {
  Assignment assignment{1, 100};
  assignment.add(p0);
  assignment.hand(p0, 0);
  assignment.stall();
  EXPECT_THAT(assignment.turn().pause, ElementsAre(p0));
  assignment.add(p1);
  ASSERT_TRUE(assignment.turn_due());
  EXPECT_THAT(assignment.turn().pause, ElementsAre(p1));
}

TEST(Assignment, GoesOnWhenAPartitionLeavesWithWhatWasUnfinished) {
  Assignment assignment{2, 100};
  assignment.add(p0);
  assignment.add(p1);
  assignment.hand(p0, 0);
  assignment.hand(p0, 1);
  assignment.stall();
  assignment.turn();
  EXPECT_TRUE(assignment.remove(p0));
  EXPECT_EQ(assignment.unfinished(), 0U);
  ASSERT_TRUE(assignment.turn_due());
  EXPECT_THAT(assignment.turn().resume, ElementsAre(p1));
  EXPECT_FALSE(assignment.finish(p0, 0));
  EXPECT_FALSE(assignment.remove(p1));
}

TEST(Assignment, GivesEachAssignmentAnEpochOfItsOwn) {
  Assignment assignment{10, 10};
  EXPECT_EQ(assignment.hand(p0, 0), std::nullopt);
  assignment.add(p0);
  const auto first = assignment.hand(p0, 0);
  EXPECT_EQ(assignment.hand(p0, 1), first);
  assignment.remove(p0);
  assignment.add(p0);
  const auto second = assignment.hand(p0, 0);
  ASSERT_TRUE(first && second);
  EXPECT_GT(*second, *first);
}

TEST(Assignment, TellsProgressOfEachPartitionOnce) {
  Assignment assignment{10, 10};
  assignment.add(p0);
  assignment.add(p1);
  assignment.hand(p0, 5);
  assignment.hand(p1, 8);
  assignment.finish(p1, 8);
  const auto progress = assignment.take_progress();
  ASSERT_EQ(progress.size(), 1U);
  EXPECT_EQ(progress[0].of, p1);
  EXPECT_EQ(progress[0].offset, 9);
  EXPECT_THAT(assignment.take_progress(), IsEmpty());
}

// Whoever obeys full() and turn() never has more in hands than the bound, and is never left with a
// paused partition when nothing is in hands.
TEST(Assignment, KeepsItsBoundsAndNeverStops) {
  EXPECT_TRUE(rc::check([] {
    const auto handed_max = *rc::gen::inRange<std::size_t>(1, 8);
    const auto window_max = *rc::gen::inRange<std::size_t>(1, 8);
    Assignment assignment{handed_max, window_max};
    assignment.add(p0);
    assignment.add(p1);
    std::set<TopicPartition> paused;
    std::set<std::pair<TopicPartition, std::int64_t>> held;
    std::map<TopicPartition, std::int64_t> next{{p0, 0}, {p1, 0}};
    const auto obey = [&] {
      if (!assignment.turn_due())
        return;
      const auto turn = assignment.turn();
      for (const auto& partition : turn.pause)
        RC_ASSERT(paused.insert(partition).second);
      for (const auto& partition : turn.resume)
        RC_ASSERT(paused.erase(partition) == 1U);
    };
    for (const auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5))) {
      const auto& partition = step % 2 == 0 ? p0 : p1;
      if (step == 4) {
        assignment.stall();
      } else if (step < 2 && !paused.contains(partition) && !assignment.full()) {
        assignment.hand(partition, next[partition]);
        held.insert({partition, next[partition]++});
      } else if (step >= 2 && !held.empty()) {
        const auto which = *rc::gen::inRange<std::size_t>(0, held.size());
        const auto at = std::next(held.begin(), static_cast<std::ptrdiff_t>(which));
        RC_ASSERT(assignment.finish(at->first, at->second));
        held.erase(at);
      }
      obey();
      RC_ASSERT(assignment.unfinished() == held.size());
      RC_ASSERT(held.size() <= handed_max);
    }
    while (!held.empty()) {
      assignment.finish(held.begin()->first, held.begin()->second);
      held.erase(held.begin());
      obey();
    }
    RC_ASSERT(paused.empty());
  }));
}

}  // namespace
}  // namespace jobraker::net::kafka
