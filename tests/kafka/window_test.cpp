#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/kafka/offset_window.hpp"

namespace jobraker::net::kafka {
namespace {

// Rising offsets, with gaps, and an order in which some of them finish.
struct Story {
  std::vector<std::int64_t> offsets;
  std::vector<std::size_t> finished;  // indices
};

Story any_story() {
  Story story;
  std::int64_t offset = *rc::gen::inRange<std::int64_t>(0, 1000);
  for (const auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 4)))
    story.offsets.push_back(offset += step);
  std::vector<std::size_t> order(story.offsets.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  order.resize(*rc::gen::inRange<std::size_t>(0, order.size() + 1));
  story.finished = std::move(order);
  return story;
}

TEST(OffsetWindow, CommitsNothingBeforeWhichSomethingIsUnfinished) {
  EXPECT_TRUE(rc::check([] {
    const auto story = any_story();
    OffsetWindow window;
    for (const auto offset : story.offsets)
      window.hand(offset);
    std::set<std::int64_t> open(story.offsets.begin(), story.offsets.end());
    std::optional<std::int64_t> committed;
    for (const auto index : story.finished) {
      RC_ASSERT(window.finish(story.offsets[index]));
      open.erase(story.offsets[index]);
      if (const auto progress = window.take_progress()) {
        // It only grows, is one past a record that was handed over, and has all before it finished.
        RC_ASSERT(!committed || *progress > *committed);
        RC_ASSERT(std::binary_search(story.offsets.begin(), story.offsets.end(), *progress - 1));
        RC_ASSERT(open.empty() || *progress <= *open.begin());
        committed = progress;
      }
    }
    RC_ASSERT(window.unfinished() == open.size());
    if (open.empty() && !story.offsets.empty())
      RC_ASSERT(committed == story.offsets.back() + 1);
  }));
}

TEST(OffsetWindow, CommitsAsFarAsIsFinished) {
  EXPECT_TRUE(rc::check([] {
    const auto story = any_story();
    OffsetWindow window;
    for (const auto offset : story.offsets)
      window.hand(offset);
    for (const auto index : story.finished)
      window.finish(story.offsets[index]);
    std::vector<bool> done(story.offsets.size());
    for (const auto index : story.finished)
      done[index] = true;
    const auto first_open =
      static_cast<std::size_t>(std::find(done.begin(), done.end(), false) - done.begin());
    const auto expected =
      first_open == 0 ? std::nullopt : std::optional{story.offsets[first_open - 1] + 1};
    RC_ASSERT(window.take_progress() == expected);
    RC_ASSERT(window.size() == story.offsets.size() - first_open);
    if (first_open < story.offsets.size())
      RC_ASSERT(window.position() == story.offsets[first_open]);
    else
      RC_ASSERT(window.position() == expected);
  }));
}

TEST(OffsetWindow, TakesEachFinishOnceAndOnlyOfWhatWasHandedOver) {
  OffsetWindow window;
  EXPECT_FALSE(window.finish(5));
  window.hand(5);
  window.hand(7);
  EXPECT_FALSE(window.finish(6));
  EXPECT_TRUE(window.finish(7));
  EXPECT_FALSE(window.finish(7));
  EXPECT_EQ(window.unfinished(), 1U);
  EXPECT_EQ(window.take_progress(), std::nullopt);
  EXPECT_TRUE(window.finish(5));
  EXPECT_FALSE(window.finish(5));
  EXPECT_EQ(window.take_progress(), 8);
  EXPECT_EQ(window.take_progress(), std::nullopt);
}

TEST(OffsetWindow, KnowsNoPositionBeforeTheFirstRecord) {
  OffsetWindow window;
  EXPECT_EQ(window.position(), std::nullopt);
  window.hand(40);
  EXPECT_EQ(window.position(), 40);
}

TEST(OffsetWindow, ForgetsWhatItKnewWhenOffsetsGoBack) {
  OffsetWindow window;
  window.hand(100);
  window.hand(101);
  window.finish(100);
  window.hand(3);
  EXPECT_EQ(window.unfinished(), 1U);
  EXPECT_EQ(window.take_progress(), std::nullopt);
  EXPECT_FALSE(window.finish(101));
  EXPECT_TRUE(window.finish(3));
  EXPECT_EQ(window.take_progress(), 4);
}

}  // namespace
}  // namespace jobraker::net::kafka
