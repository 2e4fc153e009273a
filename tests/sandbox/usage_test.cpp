#include "tools/sandbox/usage.hpp"

#include <gtest/gtest.h>

#include "tools/sandbox/tokens.hpp"

namespace jobraker::sandbox {
namespace {

std::string prose(int words) {
  std::string out;
  for (int i = 0; i < words; ++i)
    out += "word" + std::to_string(i % 97) + " ";
  return out;
}

PromptMeter metered(std::initializer_list<std::string> texts) {
  PromptMeter out;
  for (const auto& text : texts)
    out.add(text);
  return out;
}

TEST(PromptMeter, CountsAsTokensAreCounted) {
  auto text = prose(300);
  EXPECT_EQ(metered({text}).tokens(), count_tokens(text));
  PromptMeter meter;
  meter.add_tokens(4);
  meter.add("hello");
  EXPECT_EQ(meter.tokens(), 5U);
}

TEST(PromptCache, KnowsTheLongestSharedPrefixInStepsOf128) {
  PromptCache cache;
  auto start = prose(2000);
  EXPECT_EQ(cache.read(1, metered({start, "one question"}).marks()), 0U);
  auto again = cache.read(1, metered({start, "another question of some length"}).marks());
  EXPECT_EQ(again % 128, 0U);
  EXPECT_GE(again, 1024U);
  EXPECT_LE(again, count_tokens(start));
  EXPECT_GT(again + 128, count_tokens(start));
  EXPECT_EQ(cache.read(2, metered({start}).marks()), 0U) << "another key or model";
  EXPECT_EQ(cache.read(1, metered({"x " + start}).marks()), 0U) << "not the same beginning";
  cache.clear();
  EXPECT_EQ(cache.read(1, metered({start}).marks()), 0U);
}

TEST(PromptCache, KeepsNothingBelow1024Tokens) {
  PromptCache cache;
  auto text = prose(300);
  ASSERT_LT(count_tokens(text), 1024U);
  cache.read(1, metered({text}).marks());
  EXPECT_EQ(cache.read(1, metered({text}).marks()), 0U);
}

}  // namespace
}  // namespace jobraker::sandbox
