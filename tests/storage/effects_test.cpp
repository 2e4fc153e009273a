#include "storage/effects.hpp"

#include <random>

#include <rapidcheck.h>

#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;

const Time start = *parse_rfc3339("2026-11-20T12:00:00Z");
constexpr EffectKind mail{"mail", LapseRule::run_again};
constexpr EffectKind submission{"submission", LapseRule::look_up};
constexpr EffectKind money{"money", LapseRule::give_back};

TEST(EffectKeys, AreWhatTheEffectIs) {
  EXPECT_EQ(effect_key({"a", "b"}), effect_key(std::vector<std::string_view>{"a", "b"}));
  EXPECT_NE(effect_key({"ab"}), effect_key({"a", "b"}));
  EXPECT_NE(effect_key({"a", ""}), effect_key({"a"}));
  EXPECT_NE(effect_key({"a", "b"}), effect_key({"b", "a"}));
  // SHA-256 of 00 00 00 00 00 00 00 03 61 62 63.
  EXPECT_EQ(to_string(effect_key({"abc"})),
            "c3494ca1a2cf8eeb8a11ded316fb55b83c3bbbedb6313cd50415251e5d09e12f");
}

struct EffectsTest : test::PgTest {
  EffectKey key = effect_key({"mail", "digest", "ada", "2026-11-20"});

  Reservation take(EffectKind kind, Time at, std::string detail = "{}") {
    return must(run(reserve_effect(*db, kind, key, 10s, at, std::move(detail))));
  }
  std::size_t rows() { return sql("SELECT 1 FROM effects").size(); }
};

TEST_F(EffectsTest, AreReservedSettledAndKnownForGood) {
  auto first = take(mail, start, R"({"to":1})");
  ASSERT_TRUE(first.granted());
  EXPECT_EQ(*first.granted(), (EffectGranted{1, 1, false, false}));
  EXPECT_EQ(first.detail, "{}");
  auto second = take(mail, start + 5s);
  ASSERT_TRUE(second.busy());
  EXPECT_EQ(second.busy()->until, start + 10s);
  must(run(renew_effect(*db, mail, key, 1, 60s, start + 5s, R"({"run": "r1"})")));
  ASSERT_TRUE(take(mail, start + 20s).busy());
  must(run(settle_effect(*db, mail, key, 1, R"({"message":"m1"})")));
  must(run(settle_effect(*db, mail, key, 1, R"({"message":"m2"})")));
  auto third = take(mail, start + 1h);
  ASSERT_TRUE(third.done());
  EXPECT_EQ(third.done()->outcome, R"({"message": "m1"})");
  auto found = must(run(find_effect(*db, mail, key)));
  EXPECT_EQ(found.key, key);
  EXPECT_EQ(found.standing.state, EffectState::settled);
  EXPECT_EQ(found.detail, R"({"run": "r1"})");
  EXPECT_EQ(error_of(run(find_effect(*db, submission, key))), Errc::not_found) << "another kind";
}

TEST_F(EffectsTest, AHolderWhoseLeaseHasEndedIsFollowedUnderAHigherFence) {
  take(submission, start, R"({"run": "r1"})");
  EXPECT_TRUE(must(run(lapsed_effects(*db, submission, start + 9s, 10))).empty());
  auto lapsed = must(run(lapsed_effects(*db, submission, start + 10s, 10)));
  ASSERT_EQ(lapsed.size(), 1u);
  EXPECT_EQ(lapsed[0].key, key);
  auto second = take(submission, start + 10s);
  ASSERT_TRUE(second.granted());
  EXPECT_EQ(*second.granted(), (EffectGranted{2, 2, true, false}));
  EXPECT_EQ(second.detail, R"({"run": "r1"})") << "what is to be looked up";
  EXPECT_EQ(error_of(run(settle_effect(*db, submission, key, 1, "{}"))), Errc::conflict);
  EXPECT_EQ(error_of(run(renew_effect(*db, submission, key, 1, 10s, start))), Errc::conflict);
  EXPECT_EQ(error_of(run(give_back_effect(*db, submission, key, 1))), Errc::conflict);
  must(run(give_back_effect(*db, submission, key, 2)));
  EXPECT_EQ(*take(submission, start + 11s).granted(), (EffectGranted{3, 3, false, false}));
}

TEST_F(EffectsTest, OfMoneyTheSweepReturnsWhatWasHeld) {
  take(money, start, R"({"amount": 5})");
  EXPECT_TRUE(must(run(give_back_lapsed(*db, submission, start + 1h, 10))).empty());
  auto closed = must(run(give_back_lapsed(*db, money, start + 1h, 10)));
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].detail, R"({"amount": 5})");
  EXPECT_EQ(closed[0].standing.state, EffectState::reserved);
  EXPECT_TRUE(must(run(give_back_lapsed(*db, money, start + 1h, 10))).empty());
  EXPECT_EQ(error_of(run(settle_effect(*db, money, key, 1, "{}"))), Errc::conflict);
}

TEST_F(EffectsTest, NothingIsSettledThatNobodyReservedAndBadJsonIsRefused) {
  EXPECT_EQ(error_of(run(settle_effect(*db, mail, key, 1, "{}"))), Errc::conflict);
  EXPECT_EQ(error_of(run(reserve_effect(*db, mail, key, 10s, start, "{"))), Errc::invalid);
  EXPECT_EQ(rows(), 0u);
  take(mail, start);
  EXPECT_EQ(error_of(run(settle_effect(*db, mail, key, 1, ""))), Errc::invalid);
  EXPECT_TRUE(take(mail, start).busy());
}

TEST_F(EffectsTest, ReserveAndSettleJoinTheCallersTransaction) {
  auto undone = run(db->transaction([&](Transaction& transaction) -> task<Done> {
    auto reserved = co_await reserve_effect(transaction, mail, key, 10s, start);
    if (!reserved)
      co_return fail(std::move(reserved.error()));
    co_return fail(Errc::cancelled, "the business row cannot be written");
  }));
  EXPECT_EQ(error_of(undone), Errc::cancelled);
  EXPECT_EQ(rows(), 0u);
  take(mail, start);
  auto refused = run(db->transaction([&](Transaction& transaction) -> task<Done> {
    auto stale = co_await settle_effect(transaction, mail, key, 7, "{}");
    if (stale)
      co_return fail(Errc::internal, "a stale fence settled");
    co_return co_await settle_effect(transaction, mail, key, 1, "{}");
  }));
  EXPECT_TRUE(refused) << "a refused fence does not spoil the transaction";
  EXPECT_TRUE(take(mail, start).done());
}

TEST_F(EffectsTest, AConnectionThatDiesBeforeCommitHasReservedNothing) {
  Database doomed{loop.io, settings};
  bool reserved = false;
  auto outcome = loop.spawn(doomed.transaction([&](Transaction& transaction) -> task<Done> {
    auto reservation = co_await reserve_effect(transaction, mail, key, 1h, start);
    reserved = reservation.has_value();
    doomed.close();
    co_return co_await settle_effect(transaction, mail, key, 1, "{}");
  }));
  loop.run_until([&] { return outcome->has_value(); });
  EXPECT_TRUE(reserved);
  EXPECT_FALSE((*outcome)->has_value());
  EXPECT_TRUE(take(mail, start).granted()) << "waits for the dead one's lock, then finds nothing";
}

TEST_F(EffectsTest, OldOnesAreForgottenUnlessHeld) {
  take(mail, start);
  must(run(settle_effect(*db, mail, key, 1, "{}")));
  must(run(reserve_effect(*db, mail, effect_key({"held"}), 10s, start)));
  EXPECT_EQ(must(run(forget_effects(*db, mail, now() - 1h, 10))), 0u);
  EXPECT_EQ(must(run(forget_effects(*db, mail, now() + 1h, 10))), 1u);
  EXPECT_EQ(rows(), 1u);
}

/// The code of a Result, or nothing when it is a value.
template <class T>
std::optional<Errc> code_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional{result.error().code};
}

// Random schedules against the machine, each step on another connection.
TEST_F(EffectsTest, RowsDoWhatTheMachineSays) {
  Database second{loop.io, settings};
  Database third{loop.io, settings};
  Database* nodes[] = {db.get(), &second, &third};
  int round = 0;
  ASSERT_TRUE(rc::check([&](const std::vector<std::array<std::uint8_t, 3>>& schedule) {
    ++round;
    for (auto kind : {mail, submission, money}) {
      key = effect_key({kind.name, std::to_string(round)});
      EffectStanding model;
      Time time = start;
      for (auto [what, who, number] : schedule) {
        auto& node = *nodes[who % 3];
        std::int64_t fence = model.fence - number % 2;
        std::chrono::seconds by{number % 16};
        switch (what % 6) {
        case 0:
          time += by;
          break;
        case 1: {
          auto step = reserve(model, kind.rule, time, by);
          auto real = must(run(reserve_effect(node, kind, key, by, time)));
          RC_ASSERT(real.answer == step.answer);
          model = step.next;
          break;
        }
        case 2: {
          auto next = renew(model, fence, time, by);
          RC_ASSERT(code_of(run(renew_effect(node, kind, key, fence, by, time))) == code_of(next));
          model = next ? *next : model;
          break;
        }
        case 3: {
          auto step = settle(model, fence, std::to_string(number));
          RC_ASSERT(code_of(run(settle_effect(node, kind, key, fence, std::to_string(number)))) ==
                    code_of(step));
          model = step ? step->next : model;
          break;
        }
        case 4: {
          auto step = give_back(model, fence);
          RC_ASSERT(code_of(run(give_back_effect(node, kind, key, fence))) == code_of(step));
          model = step ? step->next : model;
          break;
        }
        default: {
          auto next = lapse(model, kind.rule, time);
          auto sweep = [&] {
            auto closed = must(run(give_back_lapsed(node, kind, time, 1000)));
            return std::count_if(closed.begin(), closed.end(),
                                 [&](auto& effect) { return effect.key == key; });
          };
          auto here = sweep();
          // A refused step's ROLLBACK may still be on its way: its lock is left for the next sweep.
          for (int again = 0; next != model && here == 0 && again < 1000; ++again)
            here = sweep();
          RC_ASSERT((here == 1) == (next != model));
          model = next;
        }
        }
      }
      auto found = run(find_effect(*db, kind, key));
      RC_ASSERT((found ? found->standing : EffectStanding{}) == model);
    }
  }));
}

// All at once, on many connections: what was granted and accepted must fit together afterwards.
TEST_F(EffectsTest, ManyNodesAtOnceSettleEachEffectOnce) {
  std::vector<std::unique_ptr<Database>> nodes;
  for (int i = 0; i < 4; ++i)
    nodes.push_back(std::make_unique<Database>(loop.io, settings));
  std::vector<std::vector<std::int64_t>> fences(8);
  std::vector<int> settled(8);
  int running = 0;
  auto worker = [&](Database& node, unsigned seed) -> task<Done> {
    std::minstd_rand dice{seed};
    for (int i = 0; i < 30; ++i) {
      auto which = dice() % fences.size();
      auto effect = effect_key({"storm", std::to_string(which)});
      // Each asks later than all before it, so that leases of the crashed ones end.
      auto time = start + std::chrono::seconds{i};
      auto got = co_await reserve_effect(node, submission, effect, 2s, time);
      if (!got)
        co_return fail(std::move(got.error()));
      auto* grant = got->granted();
      if (!grant)
        continue;
      fences[which].push_back(grant->fence);
      if (dice() % 4 != 0)
        continue;  // crashed
      auto closed = co_await settle_effect(node, submission, effect, grant->fence,
                                           std::to_string(grant->fence));
      if (closed)
        ++settled[which];
      else if (closed.error().code != Errc::conflict)
        co_return closed;
    }
    --running;
    co_return Done{};
  };
  std::vector<std::shared_ptr<std::optional<Done>>> workers;
  for (unsigned i = 0; i < 32; ++i) {
    ++running;
    workers.push_back(loop.spawn(worker(*nodes[i % nodes.size()], i + 1)));
  }
  loop.run_until([&] {
    return std::all_of(workers.begin(), workers.end(), [](auto& w) { return w->has_value(); });
  });
  EXPECT_EQ(running, 0);
  int all = 0;
  for (std::size_t i = 0; i < fences.size(); ++i) {
    auto sorted = fences[i];
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t f = 0; f < sorted.size(); ++f)
      ASSERT_EQ(sorted[f], static_cast<std::int64_t>(f + 1)) << "each fence was given once";
    EXPECT_LE(settled[i], 1);
    all += settled[i];
    auto found = must(run(find_effect(*db, submission, effect_key({"storm", std::to_string(i)}))));
    EXPECT_EQ(found.standing.state == EffectState::settled, settled[i] == 1);
    EXPECT_EQ(found.standing.fence, static_cast<std::int64_t>(sorted.size()));
  }
  EXPECT_GT(all, 0);
}

}  // namespace
}  // namespace jobraker
