#include "storage/budget_machine.hpp"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

using namespace storage;

Time at(std::string_view text) { return *parse_rfc3339(text); }

SpendingRow row(std::optional<std::int64_t> limit, std::int64_t spent = 0,
                std::int64_t reserved = 0) {
  return {{}, limit, spent, reserved, {}};
}

TEST(BudgetMachine, PeriodsBeginAndEndInUtc) {
  auto now = at("2028-02-29T23:59:59.999999Z");
  EXPECT_EQ(starts_on(BudgetPeriod::day, now), at("2028-02-29"));
  EXPECT_EQ(resets_at(BudgetPeriod::day, at("2028-02-29")), at("2028-03-01"));
  EXPECT_EQ(starts_on(BudgetPeriod::month, now), at("2028-02-01"));
  EXPECT_EQ(resets_at(BudgetPeriod::month, at("2028-02-01")), at("2028-03-01"));
  EXPECT_EQ(resets_at(BudgetPeriod::month, at("2026-12-01")), at("2027-01-01"));
  EXPECT_EQ(starts_on(BudgetPeriod::day, at("2026-12-31T00:00:00Z")), at("2026-12-31"));
}

TEST(BudgetMachine, ACallCountsToEverybodyItConcerns) {
  auto now = at("2026-11-20T12:00:00Z");
  auto company = CompanyId::of("acme");
  auto user = UserId::of("ada");
  auto keys = spending_keys(company, user, now);
  ASSERT_EQ(keys.size(), 6u);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(keys[0], (SpendingKey{BudgetScope::global, {}, BudgetPeriod::day, at("2026-11-20")}));
  EXPECT_EQ(keys[3], (SpendingKey{BudgetScope::company, company.uuid, BudgetPeriod::month,
                                  at("2026-11-01")}));
  EXPECT_EQ(keys[4],
            (SpendingKey{BudgetScope::user, user.uuid, BudgetPeriod::day, at("2026-11-20")}));
  EXPECT_EQ(spending_keys(std::nullopt, std::nullopt, now).size(), 2u);
}

TEST(BudgetMachine, LevelsFollowTheShare) {
  struct Case {
    std::int64_t limit, spent, reserved, worst;
    bool admitted;
    BudgetLevel level;
    std::vector<int> crossed;
  };
  using enum BudgetLevel;
  const Case cases[] = {
    {1000, 0, 0, 799, true, normal, {}},
    {1000, 0, 0, 800, true, alert, {80}},
    {1000, 500, 200, 100, true, alert, {80}},
    {1000, 500, 200, 249, true, alert, {80}},
    {1000, 500, 200, 250, true, economy, {80, 95}},
    {1000, 500, 200, 300, true, economy, {80, 95, 100}},
    {1000, 500, 200, 301, false, refused, {100}},
    {1000, 1200, 0, 0, false, refused, {100}},
    {0, 0, 0, 0, true, economy, {80, 95, 100}},
    {0, 0, 0, 1, false, refused, {100}},
    {nano_max, nano_max - 1, 0, 1, true, economy, {80, 95, 100}},
    {nano_max, nano_max - 1, 0, nano_max, false, refused, {100}},
    {nano_max, nano_max / 5 * 4 - 1, 0, 0, true, normal, {}},
    {nano_max, nano_max / 5 * 4, 0, 0, true, alert, {80}},
  };
  for (const auto& c : cases) {
    std::vector<SpendingRow> rows{row(c.limit, c.spent, c.reserved)};
    auto verdict = admit(rows, {{0}, c.worst});
    EXPECT_EQ(verdict.admitted, c.admitted) << c.worst;
    EXPECT_EQ(verdict.level, c.level) << c.worst;
    EXPECT_EQ(verdict.tightest, 0u);
    EXPECT_EQ(rows[0].raised, c.crossed) << c.worst;
    EXPECT_EQ(rows[0].reserved_nano, c.reserved + (c.admitted ? c.worst : 0));
  }
}

TEST(BudgetMachine, AThresholdIsRaisedOnce) {
  std::vector<SpendingRow> rows{row(100)};
  EXPECT_EQ(admit(rows, {{0}, 85}).crossed, (std::vector<Crossing>{{0, 80}}));
  EXPECT_TRUE(admit(rows, {{0}, 5}).crossed.empty());
  book(rows, {{0}, 85, 0});
  EXPECT_TRUE(admit(rows, {{0}, 80}).crossed.empty()) << "it had been raised before";
  EXPECT_EQ(admit(rows, {{0}, 16}).crossed, (std::vector<Crossing>{{0, 100}}));
}

TEST(BudgetMachine, TheTightestBudgetSpeaks) {
  std::vector<SpendingRow> rows{row(1000), row(std::nullopt, 5), row(100, 70), row(50, 10)};
  auto verdict = admit(rows, {{0, 1, 2, 3}, 12});
  EXPECT_TRUE(verdict.admitted);
  EXPECT_EQ(verdict.tightest, 2u);
  EXPECT_EQ(verdict.level, BudgetLevel::alert);
  EXPECT_EQ(rows[1].reserved_nano, 12) << "counted without a limit, too";
  auto refused = admit(rows, {{0, 1, 2, 3}, 40});
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.tightest, 2u) << "18 are left of it, 28 of the other that refuses";
  EXPECT_EQ(left_nano(rows[2]), 18);
  EXPECT_EQ(rows[0].reserved_nano, 12) << "a refused call reserves nowhere";
  EXPECT_FALSE(admit(rows, {{1}, nano_max}).tightest) << "no budget limits it";
}

TEST(BudgetMachine, ACostAboveTheWorstCaseIsBookedAndReported) {
  std::vector<SpendingRow> rows{row(100)};
  EXPECT_TRUE(admit(rows, {{0}, 60}).crossed.empty());
  auto verdict = book(rows, {{0}, 60, 130});
  EXPECT_EQ(verdict.over_nano, 70);
  EXPECT_EQ(rows[0].spent_nano, 130);
  EXPECT_EQ(rows[0].reserved_nano, 0);
  EXPECT_EQ(verdict.crossed, (std::vector<Crossing>{{0, 80}, {0, 95}, {0, 100}}));
  EXPECT_EQ(left_nano(rows[0]), 0);
  EXPECT_FALSE(admit(rows, {{0}, 1}).admitted);
}

TEST(BudgetMachine, ARowThatKnowsNothingOfAReservationStaysAtNone) {
  std::vector<SpendingRow> rows{row(100)};
  book(rows, {{0}, 60, 10});
  EXPECT_EQ(rows[0].reserved_nano, 0);
  EXPECT_EQ(rows[0].spent_nano, 10);
}

/// Some rows out of five.
std::vector<std::size_t> some_rows() {
  auto mask = *rc::gen::inRange(1, 32);
  std::vector<std::size_t> which;
  for (std::size_t i = 0; i < 5; ++i)
    if (mask >> i & 1)
      which.push_back(i);
  return which;
}

TEST(BudgetMachine, WhateverHappensInWhateverOrderNoLimitIsExceeded) {
  ASSERT_TRUE(rc::check([] {
    std::vector<SpendingRow> rows;
    for (int i = 0; i < 5; ++i)
      rows.push_back(*rc::gen::arbitrary<bool>() ? row(*rc::gen::inRange<std::int64_t>(0, 2000))
                                                 : row(std::nullopt));
    std::vector<BudgetWish> running;
    std::vector<std::int64_t> paid(rows.size());
    auto steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
      auto before = rows;
      if (running.empty() || *rc::gen::arbitrary<bool>()) {
        BudgetWish wish{some_rows(), *rc::gen::inRange<std::int64_t>(0, 400)};
        auto verdict = admit(rows, wish);
        bool room = std::all_of(wish.rows.begin(), wish.rows.end(), [&](auto r) {
          return !before[r].limit_nano ||
                 before[r].committed() + wish.worst_nano <= *before[r].limit_nano;
        });
        RC_ASSERT(verdict.admitted == room);
        RC_ASSERT(verdict.admitted == (verdict.level != BudgetLevel::refused));
        if (verdict.admitted)
          running.push_back(wish);
      } else {
        auto which = *rc::gen::inRange<std::size_t>(0, running.size());
        auto wish = running[which];
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
        auto cost = *rc::gen::inRange<std::int64_t>(0, wish.worst_nano + 1);
        RC_ASSERT(book(rows, {wish.rows, wish.worst_nano, cost}).over_nano == 0);
        for (auto r : wish.rows) {
          paid[r] += cost;
          RC_ASSERT(rows[r].committed() <= before[r].committed());
        }
      }
      for (std::size_t r = 0; r < rows.size(); ++r) {
        RC_ASSERT((!rows[r].limit_nano || rows[r].committed() <= *rows[r].limit_nano));
        RC_ASSERT(rows[r].spent_nano == paid[r]);
        RC_ASSERT(rows[r].reserved_nano ==
                  std::accumulate(running.begin(), running.end(), std::int64_t{0},
                                  [&](auto sum, auto& wish) {
                                    return sum + (std::count(wish.rows.begin(), wish.rows.end(), r)
                                                    ? wish.worst_nano
                                                    : 0);
                                  }));
      }
    }
  }));
}

}  // namespace
}  // namespace jobraker
