#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/chat.hpp"

namespace jobraker {
namespace {

TEST(StreamPosition, ReadsBackItsOwnText) {
  ASSERT_TRUE(rc::check([] {
    StreamPosition position{*rc::gen::nonNegative<std::int64_t>(),
                            *rc::gen::nonNegative<std::int64_t>()};
    RC_ASSERT(parse_position(to_string(position)) == position);
  }));
  EXPECT_EQ(to_string(StreamPosition{12, 340}), "12-340");
  StreamPosition last{INT64_MAX, INT64_MAX};
  EXPECT_EQ(parse_position(to_string(last)), last);
  EXPECT_EQ(parse_position("0-0"), StreamPosition{});
}

TEST(StreamPosition, TakesNothingElse) {
  for (auto text : {"",
                    "-",
                    "1",
                    "1-",
                    "-1",
                    "1--1",
                    "-1-1",
                    "+1-1",
                    "1-+1",
                    " 1-1",
                    "1 -1",
                    "1-1 ",
                    "1-1-1",
                    "01-1",
                    "1-01",
                    "1.5-1",
                    "1-0x1",
                    "a-b",
                    "1_1",
                    "9223372036854775808-1",
                    "1-9223372036854775808",
                    "99999999999999999999999-1"})
    EXPECT_FALSE(parse_position(text)) << text;
}

TEST(StreamPosition, WhatIsReadIsWrittenTheSame) {
  ASSERT_TRUE(rc::check([] {
    auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"0123456789-+ "}));
    if (auto position = parse_position(text))
      RC_ASSERT(to_string(*position) == text);
  }));
}

TEST(StreamPosition, IsOrderedByEpochFirst) {
  EXPECT_LT((StreamPosition{1, 900}), (StreamPosition{2, 1}));
  EXPECT_LT((StreamPosition{2, 1}), (StreamPosition{2, 2}));
}

}  // namespace
}  // namespace jobraker
