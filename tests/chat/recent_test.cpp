#include "actors/chat/core/recent.hpp"

#include <gtest/gtest.h>

namespace jobraker::chat {
namespace {

ChatMessage message(std::int64_t position, std::string text = "hello") {
  return {.position = position, .content = std::move(text)};
}

std::vector<std::int64_t> positions(const RecentMessages& recent) {
  std::vector<std::int64_t> out;
  for (const auto& m : recent.all().value())
    out.push_back(m.position);
  return out;
}

TEST(RecentMessages, OfANewConversationAllAreKnown) {
  RecentMessages recent{0};
  EXPECT_TRUE(recent.all().value().empty());
  for (int i = 1; i <= 4; ++i)
    recent.add(message(i));
  EXPECT_EQ(positions(recent), (std::vector<std::int64_t>{1, 2, 3, 4}));
  recent.forget_until(3);
  EXPECT_EQ(positions(recent), (std::vector<std::int64_t>{4}));
}

TEST(RecentMessages, OfAnOlderOneNoneAre) {
  RecentMessages recent{2};
  EXPECT_FALSE(recent.all());
  recent.add(message(3));
  EXPECT_FALSE(recent.all()) << "the first two are not known";
}

TEST(RecentMessages, ManyOrLongOnesAreLeftToTheRows) {
  RecentMessages many;
  for (std::size_t i = 1; i <= RecentMessages::messages_max; ++i)
    many.add(message(static_cast<std::int64_t>(i)));
  EXPECT_TRUE(many.all());
  many.add(message(1000));
  EXPECT_FALSE(many.all());
  RecentMessages large;
  large.add(message(1, std::string(RecentMessages::bytes_max, 'x')));
  EXPECT_TRUE(large.all());
  large.add(message(2));
  EXPECT_FALSE(large.all());
  auto with_tool = message(1);
  with_tool.tools.push_back({.result = std::string(RecentMessages::bytes_max, 'x')});
  RecentMessages tools;
  tools.add(with_tool);
  EXPECT_FALSE(tools.all()) << "results of functions count, too";
}

TEST(RecentMessages, WhatASummaryCoversMakesRoom) {
  RecentMessages recent;
  recent.add(message(1, std::string(RecentMessages::bytes_max - 100, 'x')));
  recent.forget_until(1);
  recent.add(message(2, std::string(RecentMessages::bytes_max, 'x')));
  EXPECT_EQ(positions(recent), (std::vector<std::int64_t>{2}));
}

}  // namespace
}  // namespace jobraker::chat
