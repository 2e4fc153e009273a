#include <map>
#include <memory>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/llm/core/cache.hpp"

namespace jobraker::llm {
namespace {

using namespace std::chrono_literals;

const Moment start = Moment{} + 1h;
using Cache = AnswerCache<std::shared_ptr<const std::string>>;

std::shared_ptr<const std::string> value(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

TEST(CacheKey, EveryPartCounts) {
  CallIdentity identity{"ann", "chat", "1", "m", "body"};
  std::set<std::string> keys{cache_key(identity)};
  for (auto part : {&CallIdentity::tenant, &CallIdentity::operation, &CallIdentity::prompt_version,
                    &CallIdentity::model, &CallIdentity::body}) {
    auto other = identity;
    other.*part = "x";
    EXPECT_TRUE(keys.insert(cache_key(other)).second);
  }
  EXPECT_EQ(cache_key(identity).size(), 64u);
  EXPECT_EQ(cache_key(identity).find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(CacheKey, SaysTheSameEveryTimeAndEverywhere) {
  // blake2b (256 bits) over five times the length (64 bits, little-endian), all of them 0.
  EXPECT_EQ(cache_key({}), "4a1931803561f431decab002e7425f0a8531d5e456a1a47fd9998a2530c0f800");
}

TEST(CacheKey, PartsDoNotRunTogether) {
  ASSERT_TRUE(rc::check([](const std::string& a, const std::string& b) {
    RC_PRE(!a.empty() && !b.empty());
    RC_ASSERT(cache_key({a, b, "", "", ""}) != cache_key({a + b, "", "", "", ""}));
    RC_ASSERT(cache_key({a, b, "", "", ""}) != cache_key({"", a, b, "", ""}));
  }));
}

TEST(AnswerCache, FindsWhatWasPutUntilItsTimeIsUp) {
  Cache cache{10'000};
  cache.put("a", value("one"), 3, 10s, start);
  ASSERT_TRUE(cache.find("a", start + 9s));
  EXPECT_EQ(**cache.find("a", start + 9s), "one");
  EXPECT_FALSE(cache.find("b", start));
  EXPECT_FALSE(cache.find("a", start + 10s));
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(AnswerCache, ANewerValueReplaces) {
  Cache cache{10'000};
  cache.put("a", value("one"), 3, 10s, start);
  cache.put("a", value("two"), 3, 10s, start);
  EXPECT_EQ(**cache.find("a", start), "two");
  EXPECT_EQ(cache.size(), 1u);
}

TEST(AnswerCache, WhatWasNotUsedForLongestGoesFirst) {
  Cache cache{3'000};
  cache.put("a", value("a"), 1'000, 10s, start);
  cache.put("b", value("b"), 1'000, 10s, start);
  EXPECT_TRUE(cache.find("a", start));
  cache.put("c", value("c"), 1'000, 10s, start);
  EXPECT_FALSE(cache.find("b", start));
  EXPECT_TRUE(cache.find("a", start));
  EXPECT_TRUE(cache.find("c", start));
}

TEST(AnswerCache, WhatDoesNotFitOrDoesNotKeepIsNotKept) {
  Cache cache{1'000};
  cache.put("a", value("a"), 1'001, 10s, start);
  cache.put("b", value("b"), 999, 10s, start);
  cache.put("c", value("c"), static_cast<std::size_t>(-1), 10s, start);
  cache.put("d", value("d"), 1, 0s, start);
  EXPECT_EQ(cache.size(), 0u);
  cache.put("e", value("e"), 1, 10s, start);
  cache.put("e", value("e"), 5'000, 10s, start);
  EXPECT_FALSE(cache.find("e", start)) << "the old answer is not the new one";
}

TEST(AnswerCache, ExpireForgetsOnlyWhatIsOver) {
  Cache cache{10'000};
  for (int i = 0; i < 5; ++i)
    cache.put(std::to_string(i), value("v"), 1, std::chrono::seconds{i + 1}, start);
  cache.expire(start + 3s);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_TRUE(cache.find("3", start + 3s));
}

/// Never more bytes than allowed, never a value under another's key, never one whose time is up.
TEST(AnswerCache, HoldsItsBoundsUnderAnyTraffic) {
  ASSERT_TRUE(rc::check([] {
    auto bound = *rc::gen::inRange<std::size_t>(0, 3'000);
    Cache cache{bound};
    std::map<std::string, std::pair<std::string, Moment>> truth;
    auto now = start;
    for (int i = 0; i < 150; ++i) {
      now += std::chrono::seconds{*rc::gen::inRange(0, 3)};
      auto key = std::to_string(*rc::gen::inRange(0, 12));
      if (*rc::gen::arbitrary<bool>()) {
        auto keep = std::chrono::seconds{*rc::gen::inRange(0, 20)};
        auto text = std::to_string(i);
        cache.put(key, value(text), *rc::gen::inRange<std::size_t>(0, 800), keep, now);
        truth[key] = {text, now + keep};
      } else if (auto found = cache.find(key, now)) {
        RC_ASSERT(truth.contains(key));
        RC_ASSERT(**found == truth[key].first);
        RC_ASSERT(truth[key].second > now);
      }
      RC_ASSERT(cache.bytes() <= bound);
    }
  }));
}

}  // namespace
}  // namespace jobraker::llm
