#include "actors/matching/core/halving.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker::matching {
namespace {

struct Found {
  std::set<std::size_t> taken{};
  std::set<std::size_t> refused{};
  std::size_t questions = 0;
};

/// Asks somebody who refuses a lot when one of `bad` is in it.
Found ask(std::size_t count, std::size_t lot_max, const std::set<std::size_t>& bad) {
  Found found;
  Halving halving{count, lot_max};
  while (auto lot = halving.next()) {
    ++found.questions;
    RC_ASSERT(lot->size() >= 1);
    RC_ASSERT(lot->size() <= lot_max);
    auto first = bad.lower_bound(lot->begin);
    if (first != bad.end() && *first < lot->end) {
      if (halving.refused())
        RC_ASSERT(found.refused.insert(lot->begin).second);
      continue;
    }
    for (auto i = lot->begin; i < lot->end; ++i)
      RC_ASSERT(found.taken.insert(i).second);
    halving.taken();
  }
  return found;
}

TEST(Halving, FindsExactlyWhatIsRefusedAndTakesAllOthersOnce) {
  rc::check([] {
    auto count = *rc::gen::inRange<std::size_t>(0, 300);
    auto lot_max = *rc::gen::inRange<std::size_t>(1, 70);
    auto bad = *rc::gen::container<std::set<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, std::max<std::size_t>(count, 1)));
    if (count == 0)
      bad.clear();
    auto found = ask(count, lot_max, bad);
    RC_ASSERT(found.refused == bad);
    RC_ASSERT(found.taken.size() + bad.size() == count);
    std::size_t lots = (count + lot_max - 1) / lot_max;
    // Every refusal leads to two questions, and each refused one is in at most 7 refused lots.
    RC_ASSERT(found.questions <= lots + 2 * 7 * bad.size());
  });
}

TEST(Halving, WithoutARefusalThereIsOneQuestionPerLot) {
  for (std::size_t count : {0u, 1u, 63u, 64u, 65u, 128u, 1000u})
    rc::check([count] { RC_ASSERT(ask(count, 64, {}).questions == (count + 63) / 64); });
}

TEST(Halving, AsksAgainForWhatWasNotAnswered) {
  Halving halving{3, 2};
  EXPECT_EQ(halving.next(), (Lot{0, 2}));
  EXPECT_EQ(halving.next(), (Lot{0, 2}));
  EXPECT_FALSE(halving.refused());
  EXPECT_EQ(halving.next(), (Lot{0, 1}));
  EXPECT_TRUE(halving.refused());
  EXPECT_EQ(halving.next(), (Lot{1, 2}));
  halving.taken();
  EXPECT_EQ(halving.next(), (Lot{2, 3}));
  halving.taken();
  EXPECT_EQ(halving.next(), std::nullopt);
}

}  // namespace
}  // namespace jobraker::matching
