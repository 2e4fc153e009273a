#include "tools/ctl/waterfall.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tools/ctl/text.hpp"

namespace jobraker::ctl {
namespace {

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size()))
    ++found;
  return found;
}

TEST(Waterfall, ABarLiesInItsColumnsAndIsSeen) {
  ASSERT_TRUE(rc::check([] {
    auto some = [] { return *rc::gen::inRange<std::int64_t>(0, 1'000'000); };
    Stretch stretch{some(), some(), some()};
    auto whole = some();
    auto columns = *rc::gen::inRange<std::size_t>(1, 60);
    auto bar = waterfall_bar(stretch, whole, columns);
    RC_ASSERT(width(bar) <= columns);
    auto ran = count_of(bar, "█");
    auto waited = count_of(bar, "░");
    RC_ASSERT(ran + waited >= 1);
    RC_ASSERT((ran >= 1) == (stretch.run > 0));
    RC_ASSERT(bar.size() == width(bar) - ran - waited + 3 * (ran + waited));
  }));
}

TEST(Waterfall, WhatBeginsLaterIsNotFurtherLeft) {
  ASSERT_TRUE(rc::check([] {
    auto start = *rc::gen::inRange<std::int64_t>(0, 1000);
    auto later = *rc::gen::inRange<std::int64_t>(start, 1001);
    auto left = waterfall_bar({start, 0, 5}, 1000, 40).find_first_not_of(' ');
    auto right = waterfall_bar({later, 0, 5}, 1000, 40).find_first_not_of(' ');
    RC_ASSERT(left <= right);
  }));
}

TEST(Waterfall, PartsAreInProportion) {
  EXPECT_EQ(waterfall_bar({0, 0, 100}, 100, 10), "██████████");
  EXPECT_EQ(waterfall_bar({50, 20, 30}, 100, 10), "     ░░███");
  EXPECT_EQ(waterfall_bar({100, 0, 0}, 100, 4), "   ░");
  EXPECT_EQ(waterfall_bar({0, 100, 1}, 101, 4), "░░░█");
  EXPECT_EQ(waterfall_bar({0, 0, 0}, 0, 0), "");
  EXPECT_EQ(waterfall_bar({5, 0, 0}, 10, 4), "  ░");
  EXPECT_EQ(width(waterfall_bar({std::int64_t{1} << 60, 0, 5}, 7, 9)), 9U);
}

}  // namespace
}  // namespace jobraker::ctl
