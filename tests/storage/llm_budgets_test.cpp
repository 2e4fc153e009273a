#include "storage/llm_budgets.hpp"

#include <csignal>
#include <random>

#include <rapidcheck.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;

const Time noon = *parse_rfc3339("2026-11-20T12:00:00Z");
const auto ada = UserId::of("ada");
const auto acme = CompanyId::of("acme");

EffectKey call(int number) { return effect_key({"call", std::to_string(number)}); }

struct BudgetsTest : test::PgTest {
  void limit(BudgetScope scope, Uuid id, BudgetPeriod period, std::int64_t nano) {
    must(run(set_budget(*db, scope, id, period, nano, std::nullopt)));
  }
  void global(std::int64_t nano) { limit(BudgetScope::global, {}, BudgetPeriod::day, nano); }

  std::vector<BudgetAnswer> reserve(std::vector<SpendingWish> batch, Time at = noon) {
    return must(run(reserve_spending(*db, std::move(batch), at)));
  }
  BudgetAnswer reserve_one(int number, std::int64_t worst, Time at = noon) {
    return reserve({{call(number), acme, ada, worst, 60s}}, at).front();
  }
  SettlementAnswer settle_one(int number, std::int64_t fence, std::int64_t cost, Time at = noon) {
    return must(run(settle_spending(*db, {{call(number), fence, cost}}, at))).front();
  }
  Budget budget(Time at = noon) {
    BudgetFilter filter{.scope = BudgetScope::global};
    return must(run(list_budgets(*db, filter, at))).front();
  }
  std::int64_t number(std::string_view text) { return sql(text).front().get<std::int64_t>(0); }

  /// That every row of spending is the sum of its calls, as the effects tell it.
  void expect_sums_equal() {
    EXPECT_EQ(sql(R"sql(
      SELECT 1 FROM llm.spending s JOIN (
        SELECT k.scope, k.scope_id, k.period, k.starts_on,
          sum(CASE state WHEN 'settled' THEN (outcome->>'cost_nano')::bigint
                         WHEN 'given_back' THEN (detail->>'worst_nano')::bigint ELSE 0 END) AS spent,
          sum(CASE state WHEN 'reserved' THEN (detail->>'worst_nano')::bigint ELSE 0 END) AS held
        FROM effects e, LATERAL (
          SELECT scope, coalesce(id, '00000000-0000-0000-0000-000000000000') AS scope_id, period,
            date_trunc(period, ((detail->>'at')::timestamptz AT TIME ZONE 'UTC'))::date AS starts_on
          FROM (VALUES ('global', NULL), ('company', (detail->>'company_id')::uuid),
                       ('user', (detail->>'user_id')::uuid)) AS v (scope, id),
               (VALUES ('day'), ('month')) AS p (period)
          WHERE scope = 'global' OR id IS NOT NULL) AS k
        WHERE e.kind = 'llm_call'
        GROUP BY 1, 2, 3, 4) AS c USING (scope, scope_id, period, starts_on)
      WHERE s.spent_nano <> c.spent OR s.reserved_nano <> c.held
    )sql")
                .size(),
              0u);
  }
};

TEST_F(BudgetsTest, AWorstCaseIsReservedAndTheTrueCostSettled) {
  global(1000);
  auto answer = reserve_one(1, 600);
  EXPECT_EQ(answer.outcome, SpendingOutcome::admitted);
  EXPECT_EQ(answer.level, BudgetLevel::normal);
  EXPECT_EQ(answer.fence, 1);
  ASSERT_TRUE(answer.tightest);
  EXPECT_EQ(answer.tightest->left_nano, 400);
  auto refused = reserve_one(2, 500);
  EXPECT_EQ(refused.outcome, SpendingOutcome::refused);
  EXPECT_EQ(refused.level, BudgetLevel::refused);
  ASSERT_TRUE(refused.tightest);
  EXPECT_EQ(refused.tightest->key.scope, BudgetScope::global);
  EXPECT_EQ(refused.tightest->limit_nano, 1000);
  EXPECT_EQ(refused.tightest->left_nano, 400);
  EXPECT_EQ(refused.tightest->resets_at, *parse_rfc3339("2026-11-21"));
  EXPECT_EQ(number("SELECT count(*) FROM effects"), 1) << "a refused call leaves nothing";
  EXPECT_EQ(settle_one(1, 1, 150).outcome, SettleOutcome::settled);
  auto now = budget();
  EXPECT_EQ(now.spent_nano, 150);
  EXPECT_EQ(now.reserved_nano, 0);
  EXPECT_EQ(now.left_nano, 850);
  EXPECT_EQ(reserve_one(2, 500).outcome, SpendingOutcome::admitted);
  EXPECT_EQ(number("SELECT count(*) FROM llm.spending"), 6)
    << "counted for the company and the person, too, though they have no budget";
  expect_sums_equal();
}

TEST_F(BudgetsTest, TheSameCallIsPaidOnce) {
  EXPECT_EQ(reserve_one(1, 100).outcome, SpendingOutcome::admitted);
  auto busy = reserve_one(1, 100);
  EXPECT_EQ(busy.outcome, SpendingOutcome::busy);
  EXPECT_EQ(busy.busy_until, noon + 60s);
  EXPECT_EQ(settle_one(1, 1, 40).outcome, SettleOutcome::settled);
  EXPECT_EQ(settle_one(1, 1, 40).outcome, SettleOutcome::repeated);
  EXPECT_EQ(settle_one(1, 2, 40).outcome, SettleOutcome::stale);
  EXPECT_EQ(settle_one(9, 1, 40).outcome, SettleOutcome::stale);
  EXPECT_EQ(reserve_one(1, 100).outcome, SpendingOutcome::settled);
  auto twice = reserve({{call(2), {}, ada, 10, 60s}, {call(2), {}, ada, 10, 60s}});
  EXPECT_EQ(twice[0].outcome, SpendingOutcome::admitted);
  EXPECT_EQ(twice[1].outcome, SpendingOutcome::busy);
  auto settled = must(run(settle_spending(*db, {{call(2), 1, 7}, {call(2), 1, 7}}, noon)));
  EXPECT_EQ(settled[0].outcome, SettleOutcome::settled);
  EXPECT_EQ(settled[1].outcome, SettleOutcome::repeated);
  EXPECT_EQ(number("SELECT spent_nano FROM llm.spending WHERE scope = 'global' AND period = 'day'"),
            47);
}

TEST_F(BudgetsTest, OfABatchTheFirstAreServedFirst) {
  global(100);
  std::vector<SpendingWish> batch;
  for (int i = 0; i < 256; ++i)
    batch.push_back({call(i), {}, UserId::of(std::to_string(i)), i % 3 == 0 ? 40 : 7, 60s});
  auto answers = reserve(batch);
  ASSERT_EQ(answers.size(), 256u);
  std::vector<int> admitted;
  for (int i = 0; i < 256; ++i)
    if (answers[static_cast<std::size_t>(i)].outcome == SpendingOutcome::admitted)
      admitted.push_back(i);
  EXPECT_EQ(admitted, (std::vector<int>{0, 1, 2, 3})) << "40 + 7 + 7 + 40, 6 are left";
  std::vector<Settlement> settlements;
  for (int i : admitted)
    settlements.push_back({call(i), 1, 5});
  for (const auto& answer : must(run(settle_spending(*db, settlements, noon))))
    EXPECT_EQ(answer.outcome, SettleOutcome::settled);
  EXPECT_EQ(budget().spent_nano, 20);
}

TEST_F(BudgetsTest, EveryBudgetMustHaveRoom) {
  global(1000);
  limit(BudgetScope::company, acme.uuid, BudgetPeriod::month, 300);
  limit(BudgetScope::user, ada.uuid, BudgetPeriod::day, 100);
  auto answer = reserve_one(1, 90);
  EXPECT_EQ(answer.level, BudgetLevel::alert);
  EXPECT_EQ(answer.tightest->key.scope, BudgetScope::user);
  ASSERT_EQ(answer.raised.size(), 1u);
  EXPECT_EQ(answer.raised[0].key.scope_id, ada.uuid);
  EXPECT_EQ(answer.raised[0].threshold, 80);
  EXPECT_EQ(reserve_one(2, 90).tightest->key.scope, BudgetScope::user);
  auto other = reserve({{call(3), acme, UserId::of("bob"), 250, 60s}}).front();
  EXPECT_EQ(other.outcome, SpendingOutcome::refused);
  EXPECT_EQ(other.tightest->key.scope, BudgetScope::company);
  EXPECT_EQ(other.tightest->resets_at, *parse_rfc3339("2026-12-01"));
  auto nobody = reserve({{call(4), {}, {}, 900, 60s}}).front();
  EXPECT_EQ(nobody.outcome, SpendingOutcome::admitted);
  EXPECT_EQ(nobody.level, BudgetLevel::economy);
}

TEST_F(BudgetsTest, AnAlertIsRaisedOnceForEachLimitAndPeriod) {
  global(100);
  EXPECT_EQ(reserve_one(1, 80).raised.size(), 1u);
  EXPECT_TRUE(reserve_one(2, 1).raised.empty());
  auto refused = reserve_one(3, 50);
  ASSERT_EQ(refused.raised.size(), 1u);
  EXPECT_EQ(refused.raised[0].threshold, 100);
  EXPECT_TRUE(reserve_one(4, 50).raised.empty());
  global(90);
  EXPECT_EQ(reserve_one(5, 1).raised.size(), 1u) << "80 % of another limit";
  EXPECT_EQ(reserve_one(6, 75, noon + 24h).raised.size(), 1u) << "another day";
  auto alerts = must(run(list_budget_alerts(*db, noon - 48h, 10)));
  ASSERT_EQ(alerts.size(), 4u);
  EXPECT_EQ(alerts[0].key.starts_on, *parse_rfc3339("2026-11-21"));
  EXPECT_EQ(alerts[0].limit_nano, 90);
}

TEST_F(BudgetsTest, ACostAboveTheWorstCaseIsBookedAndReported) {
  global(100);
  reserve_one(1, 50);
  auto answer = settle_one(1, 1, 120);
  EXPECT_EQ(answer.outcome, SettleOutcome::settled);
  EXPECT_EQ(answer.over_nano, 70);
  EXPECT_EQ(answer.raised.size(), 3u);
  EXPECT_EQ(budget().spent_nano, 120);
  EXPECT_EQ(budget().left_nano, 0);
}

TEST_F(BudgetsTest, ACallCountsToThePeriodItWasReservedIn) {
  global(100);
  auto late = *parse_rfc3339("2026-11-30T23:59:59Z");
  auto next = *parse_rfc3339("2026-12-01T00:00:01Z");
  EXPECT_EQ(reserve_one(1, 60, late).outcome, SpendingOutcome::admitted);
  EXPECT_EQ(reserve_one(2, 60, late).outcome, SpendingOutcome::refused);
  EXPECT_EQ(reserve_one(2, 60, next).outcome, SpendingOutcome::admitted) << "a new day";
  settle_one(1, 1, 30, next);
  EXPECT_EQ(budget(late).spent_nano, 30);
  EXPECT_EQ(budget(next).spent_nano, 0);
  EXPECT_EQ(budget(next).reserved_nano, 60);
  expect_sums_equal();
}

TEST_F(BudgetsTest, AHolderThatNeverComesBackHasSpentItsWorstCase) {
  global(100);
  reserve_one(1, 60);
  EXPECT_TRUE(must(run(lapse_spending(*db, noon + 59s, 10))).empty());
  auto lapsed = must(run(lapse_spending(*db, noon + 60s, 10)));
  ASSERT_EQ(lapsed.size(), 1u);
  EXPECT_EQ(lapsed[0].key, call(1));
  EXPECT_EQ(lapsed[0].worst_nano, 60);
  EXPECT_EQ(lapsed[0].user, ada);
  EXPECT_EQ(lapsed[0].company, acme);
  EXPECT_TRUE(must(run(lapse_spending(*db, noon + 60s, 10))).empty());
  EXPECT_EQ(budget().spent_nano, 60);
  EXPECT_EQ(budget().reserved_nano, 0);
  EXPECT_EQ(settle_one(1, 1, 10).outcome, SettleOutcome::stale) << "too late";
  EXPECT_EQ(budget().spent_nano, 60);
  expect_sums_equal();
}

TEST_F(BudgetsTest, WhoeverReservesALapsedCallAgainPaysForBoth) {
  global(100);
  reserve_one(1, 60);
  auto again = reserve_one(1, 30, noon + 60s);
  EXPECT_EQ(again.outcome, SpendingOutcome::admitted);
  EXPECT_EQ(again.fence, 2);
  EXPECT_EQ(budget().spent_nano, 60);
  EXPECT_EQ(budget().reserved_nano, 30);
  EXPECT_EQ(settle_one(1, 1, 5).outcome, SettleOutcome::stale);
  EXPECT_EQ(settle_one(1, 2, 5).outcome, SettleOutcome::settled);
  EXPECT_EQ(budget().spent_nano, 65);
  reserve_one(2, 30, noon + 60s);
  EXPECT_EQ(reserve_one(2, 30, noon + 1h).outcome, SpendingOutcome::refused);
  EXPECT_EQ(budget().spent_nano, 95) << "booked, though there is no room for it again";
  EXPECT_TRUE(must(run(lapse_spending(*db, noon + 2h, 10))).empty());
}

TEST_F(BudgetsTest, AmountsAndScopesAreChecked) {
  EXPECT_EQ(error_of(run(reserve_spending(*db, {{call(1), {}, {}, -1, 60s}}, noon))),
            Errc::invalid);
  EXPECT_EQ(error_of(run(reserve_spending(*db, {{call(1), {}, {}, nano_max + 1, 60s}}, noon))),
            Errc::invalid);
  EXPECT_EQ(error_of(run(settle_spending(*db, {{call(1), 1, -1}}, noon))), Errc::invalid);
  auto set = [&](BudgetScope scope, std::int64_t nano) {
    return run(set_budget(*db, scope, {}, BudgetPeriod::day, nano, ada));
  };
  EXPECT_EQ(error_of(set(BudgetScope::user, 5)), Errc::invalid);
  EXPECT_EQ(error_of(set(BudgetScope::global, -1)), Errc::invalid);
  EXPECT_TRUE(reserve({}).empty());
  must(set(BudgetScope::global, 5));
  EXPECT_EQ(budget().updated_by, ada);
  must(run(set_budget(*db, BudgetScope::global, {}, BudgetPeriod::day, std::nullopt, ada)));
  EXPECT_TRUE(must(run(list_budgets(*db, {}, noon))).empty());
}

TEST_F(BudgetsTest, SixtyFourAtOnceNeverExceedABudget) {
  global(1000);
  std::vector<std::unique_ptr<Database>> nodes;
  for (int i = 0; i < 4; ++i)
    nodes.push_back(std::make_unique<Database>(loop.io, settings));
  std::vector<std::shared_ptr<std::optional<Result<std::vector<BudgetAnswer>>>>> takers;
  for (int i = 0; i < 64; ++i)
    takers.push_back(loop.spawn(reserve_spending(*nodes[static_cast<std::size_t>(i) % nodes.size()],
                                                 {{call(i), {}, ada, 37, 60s}}, noon)));
  loop.run_until([&] {
    return std::all_of(takers.begin(), takers.end(), [](auto& t) { return t->has_value(); });
  });
  auto admitted = std::count_if(takers.begin(), takers.end(), [](auto& taker) {
    return must(**taker).front().outcome == SpendingOutcome::admitted;
  });
  EXPECT_EQ(admitted, 27) << "27 times 37 are 999";
  EXPECT_EQ(budget().reserved_nano, 999);
}

TEST_F(BudgetsTest, OfManyWhoReserveTheSameCallOneIsAdmitted) {
  global(1000);
  std::vector<std::unique_ptr<Database>> nodes;
  for (int i = 0; i < 4; ++i)
    nodes.push_back(std::make_unique<Database>(loop.io, settings));
  for (int round = 0; round < 5; ++round) {
    std::vector<std::shared_ptr<std::optional<Result<std::vector<BudgetAnswer>>>>> takers;
    for (std::size_t i = 0; i < 24; ++i)
      takers.push_back(loop.spawn(
        reserve_spending(*nodes[i % nodes.size()],
                         {{call(round), acme, ada, 10, 60s},
                          {call(1000 + 24 * round + static_cast<int>(i)), {}, {}, 1, 60s}},
                         noon)));
    loop.run_until([&] {
      return std::all_of(takers.begin(), takers.end(), [](auto& t) { return t->has_value(); });
    });
    int admitted = 0;
    for (auto& taker : takers) {
      auto answers = must(**taker);
      admitted += answers[0].outcome == SpendingOutcome::admitted ? 1 : 0;
      EXPECT_EQ(answers[1].outcome, SpendingOutcome::admitted) << "calls of one's own";
    }
    EXPECT_EQ(admitted, 1);
  }
  EXPECT_EQ(budget().reserved_nano, 5 * (10 + 24));
  expect_sums_equal();
}

TEST_F(BudgetsTest, WhereACallIsToBeBookedIsNotBelieved) {
  global(1000);
  auto answer = reserve_one(1, 100);
  EXPECT_EQ(answer.at, noon);
  auto bob = UserId::of("bob");
  Settlement wrong{call(1), answer.fence, 40, SpendingPlace{acme, bob, noon}};
  Settlement unknown{call(2), 1, 40, SpendingPlace{acme, ada, noon}};
  auto answers = must(run(settle_spending(*db, {wrong, unknown}, noon)));
  EXPECT_EQ(answers[0].outcome, SettleOutcome::settled);
  EXPECT_EQ(answers[1].outcome, SettleOutcome::stale);
  auto again = reserve_one(3, 100);
  Settlement right{call(3), again.fence, 7, SpendingPlace{acme, ada, again.at}};
  EXPECT_EQ(must(run(settle_spending(*db, {right}, noon))).front().outcome, SettleOutcome::settled);
  EXPECT_EQ(number("SELECT sum(spent_nano)::bigint FROM llm.spending WHERE scope = 'user'"),
            2 * 47);
  EXPECT_EQ(budget().spent_nano, 47);
  EXPECT_EQ(budget().reserved_nano, 0);
  expect_sums_equal();
}

// Workers on several nodes reserve, settle, crash and sweep at the same time, around midnight.
TEST_F(BudgetsTest, InAStormOfReservationsCrashesAndSweepsTheSumsHold) {
  global(20'000);
  limit(BudgetScope::global, {}, BudgetPeriod::month, 30'000);
  limit(BudgetScope::company, acme.uuid, BudgetPeriod::day, 9'000);
  for (int i = 0; i < 5; ++i)
    limit(BudgetScope::user, UserId::of("u" + std::to_string(i)).uuid, BudgetPeriod::day, 3'000);
  std::vector<std::unique_ptr<Database>> nodes;
  for (int i = 0; i < 3; ++i)
    nodes.push_back(std::make_unique<Database>(loop.io, settings));
  const auto midnight = *parse_rfc3339("2026-11-21");
  int admitted = 0;
  int refused = 0;
  std::int64_t booked = 0;  // costs of the settled, worst cases of all others
  // Mostly right, now and then wrong or not known.
  auto place_of = [](const SpendingWish& wish, Time at, std::uint_fast64_t dice) {
    auto place = std::optional{SpendingPlace{wish.company, wish.user, at}};
    if (dice % 16 == 0)
      place->user = UserId::of("nobody");
    else if (dice % 16 == 1)
      place.reset();
    return place;
  };
  auto worker = [&](Database& node, unsigned seed) -> task<Done> {
    std::minstd_rand dice{seed};
    for (int i = 0; i < 25; ++i) {
      auto time = midnight + std::chrono::seconds{static_cast<int>(dice() % 20) - 10 + i};
      std::vector<SpendingWish> batch;
      for (auto n = dice() % 6 + 1; n > 0; --n)
        batch.push_back(
          {call(static_cast<int>(dice() % 600)), dice() % 2 ? std::optional{acme} : std::nullopt,
           dice() % 4 ? std::optional{UserId::of("u" + std::to_string(dice() % 6))} : std::nullopt,
           static_cast<std::int64_t>(dice() % 300), 5s});
      auto answers = co_await reserve_spending(node, batch, time);
      if (!answers)
        co_return fail(std::move(answers.error()));
      std::vector<Settlement> settlements;
      std::vector<std::int64_t> worst;  // of each settlement: one key may be wished for twice
      for (std::size_t k = 0; k < batch.size(); ++k) {
        refused += (*answers)[k].outcome == SpendingOutcome::refused;
        if ((*answers)[k].outcome != SpendingOutcome::admitted)
          continue;
        ++admitted;
        booked += batch[k].worst_nano;
        if (dice() % 5 == 0)
          continue;
        settlements.push_back({batch[k].key, (*answers)[k].fence,
                               static_cast<std::int64_t>(dice()) % (batch[k].worst_nano + 1),
                               place_of(batch[k], (*answers)[k].at, dice())});
        worst.push_back(batch[k].worst_nano);
      }
      auto settled = co_await settle_spending(node, settlements, time);
      if (!settled)
        co_return fail(std::move(settled.error()));
      for (std::size_t k = 0; k < settlements.size(); ++k)
        if ((*settled)[k].outcome == SettleOutcome::settled)
          booked -= worst[k] - settlements[k].cost_nano;
      if (dice() % 8 == 0)
        if (auto swept = co_await lapse_spending(node, time, 3); !swept)
          co_return fail(std::move(swept.error()));
    }
    co_return Done{};
  };
  std::vector<std::shared_ptr<std::optional<Done>>> workers;
  for (unsigned i = 0; i < 24; ++i)
    workers.push_back(loop.spawn(worker(*nodes[i % nodes.size()], i + 1)));
  constexpr std::string_view exceeded = R"sql(
    SELECT 1 FROM llm.spending s JOIN llm.budgets b USING (scope, scope_id, period)
    WHERE s.spent_nano + s.reserved_nano > b.limit_nano
  )sql";
  auto done = [&] {
    return std::all_of(workers.begin(), workers.end(), [](auto& w) { return w->has_value(); });
  };
  while (!done())
    ASSERT_EQ(sql(exceeded).size(), 0u) << "at any moment";
  for (auto& worker_done : workers)
    must(**worker_done);
  nodes.clear();
  EXPECT_EQ(sql(exceeded).size(), 0u);
  EXPECT_EQ(number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), 0);
  EXPECT_GT(admitted, 0);
  EXPECT_GT(refused, 0);
  while (!must(run(lapse_spending(*db, midnight + 1h, 50))).empty()) {
  }
  EXPECT_EQ(number("SELECT coalesce(sum(reserved_nano), 0)::bigint FROM llm.spending"), 0);
  EXPECT_GT(number("SELECT count(*) FROM effects WHERE state = 'given_back'"), 0);
  for (std::string_view sum :
       {"SELECT sum(spent_nano)::bigint FROM llm.spending WHERE scope = 'global' AND period = "
        "'day'",
        "SELECT sum(spent_nano)::bigint FROM llm.spending WHERE scope = 'global' AND period = "
        "'month'"})
    EXPECT_EQ(number(sum), booked);
}

/// What a process does that will be killed: reserves batches and settles half, for ever.
[[noreturn]] void spend_until_killed(const Settings& settings, int salt) {
  test::Loop loop;
  Database database{loop.io, settings};
  for (int i = 0;; ++i) {
    std::vector<SpendingWish> batch;
    for (int k = 0; k < 8; ++k)
      batch.push_back(
        {effect_key({std::to_string(salt), std::to_string(8 * i + k)}), acme, ada, 100, 60s});
    auto answers = must(loop.run(reserve_spending(database, batch, noon)));
    std::vector<Settlement> settlements;
    for (std::size_t k = 0; k < batch.size(); k += 2)
      if (answers[k].outcome == SpendingOutcome::admitted)
        settlements.push_back({batch[k].key, answers[k].fence, 60});
    must(loop.run(settle_spending(database, settlements, noon)));
  }
}

TEST_F(BudgetsTest, ThroughKillNineNothingIsForgottenAndNothingExceeded) {
  global(20'000);
  for (int round = 0; round < 4; ++round) {
    auto before = budget().spent_nano + budget().reserved_nano;
    auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        spend_until_killed(settings, round);
      } catch (...) {
        _exit(1);
      }
    }
    // At some point in the middle of its work, or when the budget is used up.
    while (true) {
      auto b = budget();
      if (b.spent_nano + b.reserved_nano > before + 1000 || b.left_nano < 100)
        break;
      ASSERT_EQ(waitpid(child, nullptr, WNOHANG), 0) << "it ended by itself";
    }
    ASSERT_EQ(kill(child, SIGKILL), 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
  }
  EXPECT_GT(budget().reserved_nano, 0) << "what the killed ones held";
  EXPECT_LE(budget().spent_nano + budget().reserved_nano, 20'000);
  expect_sums_equal();
  while (!must(run(lapse_spending(*db, noon + 1h, 100))).empty()) {
  }
  EXPECT_EQ(budget().reserved_nano, 0);
  EXPECT_LE(budget().spent_nano, 20'000);
  expect_sums_equal();
}

}  // namespace
}  // namespace jobraker
