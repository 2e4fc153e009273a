#include "actors/inspection/core/rates.hpp"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jobraker::inspection {
namespace {

constexpr std::int64_t second = 1'000'000'000;

TEST(ActorRates, NeedTwoLooks) {
  Rates rates;
  rates.begin(second, 1);
  EXPECT_EQ(rates.seconds(), 0);
  EXPECT_FALSE(rates.note(7, 10, 100).known);
  rates.end();
  rates.begin(3 * second, 1);
  EXPECT_EQ(rates.seconds(), 2);
  const auto delta = rates.note(7, 16, 130);
  EXPECT_TRUE(delta.known);
  EXPECT_EQ(delta.messages, 6u);
  EXPECT_EQ(delta.busy_ns, 30u);
  rates.end();
  rates.forget();
  rates.begin(4 * second, 1);
  EXPECT_FALSE(rates.note(7, 20, 140).known);
}

TEST(ActorRates, ACloseLookComparesWithTheOneBefore) {
  Rates rates;
  rates.begin(second, 1);
  rates.note(7, 10, 0);
  rates.end();
  rates.begin(second + 1000, 1);
  rates.note(7, 11, 0);
  rates.end();
  rates.begin(2 * second, 1);
  EXPECT_EQ(rates.note(7, 12, 0).messages, 2u);
}

/// Against a map, with births, deaths and any ids.
RC_GTEST_PROP(ActorRates, AreWhatChangedSinceTheLookBefore, ()) {
  Rates rates;
  std::map<std::uint64_t, std::uint64_t> before;
  std::int64_t now = second;
  const auto looks = *rc::gen::inRange(1, 6);
  for (int look = 0; look < looks; ++look) {
    auto living = *rc::gen::container<std::map<std::uint64_t, std::uint64_t>>(
      rc::gen::inRange<std::uint64_t>(1, 200), rc::gen::inRange<std::uint64_t>(0, 50));
    rates.begin(now, *rc::gen::inRange<std::size_t>(0, 50));
    for (const auto& [id, messages] : living) {
      const auto delta = rates.note(id, messages, 0);
      const auto known = before.find(id);
      RC_ASSERT(delta.known == (known != before.end()));
      if (delta.known)
        RC_ASSERT(delta.messages == (messages > known->second ? messages - known->second : 0));
    }
    rates.end();
    before = std::move(living);
    now += second;
  }
}

}  // namespace
}  // namespace jobraker::inspection
