#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "actors/events/core/failure.hpp"
#include "storage/outbox.hpp"
#include "tests/support/pg.hpp"
#include "tools/bench/events/event_node.hpp"

namespace jobraker {
namespace {

using bench::EventNode;
using events::Consumer;
using events::Once;
using test::must;

/// Events from the outbox to consumers of the same process. The effect of the test's consumer is
/// one that shows repetitions: a row for each handling.
struct DeliveryTest : test::PgTest {
  void SetUp() override {
    PgTest::SetUp();
    if (!db)
      return;
    sql(
      "CREATE TABLE effects_seen (n bigint GENERATED ALWAYS AS IDENTITY, consumer text, key text, "
      "value bigint)");
    config.events.poll_ms = 50;
    config.events.attempts_max = 3;
  }

  Event event_of(const std::string& key, int value, Topic topic = Topic::match_found) {
    return {new_uuid(), topic, "jobraker.test.v1", key, now(), std::to_string(value), ""};
  }

  void tell(std::vector<Event> events) {
    must(run(storage::append_events(*db, std::move(events))));
  }

  /// Writes down what it handles; `before` may fail, `inside` may fail in the transaction.
  Consumer recorder(std::string name, std::vector<Topic> topics,
                    std::function<Done(const Event&)> before = {},
                    std::function<Done(const Event&)> inside = {}) {
    return {name, std::move(topics),
            [name, before, inside](const Event& event, const Once& once) -> task<Done> {
              if (before)
                if (auto good = before(event); !good)
                  co_return good;
              auto fresh = co_await once([&](storage::Transaction& t) -> task<Done> {
                auto rows = co_await t.query(
                  "INSERT INTO effects_seen (consumer, key, value) VALUES ($1, $2, $3)",
                  {name, event.key, std::stoll(event.data)});
                if (!rows)
                  co_return fail(std::move(rows.error()));
                if (inside)
                  if (auto good = inside(event); !good)
                    co_return good;
                co_return Done{};
              });
              if (!fresh)
                co_return fail(std::move(fresh.error()));
              co_return Done{};
            }};
  }

  /// Waits until the outbox is empty.
  void drained() {
    auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (must(run(storage::outbox_state(*db))).waiting > 0) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "the outbox was not told";
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }
  std::map<std::string, std::vector<std::int64_t>> seen(const std::string& consumer) {
    std::map<std::string, std::vector<std::int64_t>> by_key;
    for (auto row :
         sql("SELECT key, value FROM effects_seen WHERE consumer = $1 ORDER BY n", {consumer}))
      by_key[row.get<std::string>(0)].push_back(row.get<std::int64_t>(1));
    return by_key;
  }

  Config config{};
};

TEST_F(DeliveryTest, EveryConsumerHearsItsTopicsInTheOrderOfEachKey) {
  EventNode node{
    config,
    settings,
    {recorder("a", {Topic::match_found}), recorder("b", {Topic::match_found, Topic::job_posted})}};
  std::map<std::string, std::vector<std::int64_t>> matches, all;
  for (int i = 0; i < 300; ++i) {
    auto key = std::to_string(i % 7);
    bool job = i % 3 == 0;
    tell({event_of(key, i, job ? Topic::job_posted : Topic::match_found),
          event_of("nobody", i, Topic::digest_sent)});
    all[key].push_back(i);
    if (!job)
      matches[key].push_back(i);
  }
  drained();
  EXPECT_EQ(seen("a"), matches);
  EXPECT_EQ(seen("b"), all);
  node.stop(true);
}

TEST_F(DeliveryTest, WhatFailsForAWhileHappensOnceAndWhatIsPoisonIsSetAside) {
  auto failures = std::make_shared<std::atomic<int>>(0);
  EventNode node{config,
                 settings,
                 {recorder(
                   "a", {Topic::match_found},
                   [failures](const Event& event) -> Done {
                     if (event.data == "13")
                       return fail(Errc::invalid, "thirteen is no number");
                     if (event.data == "7" && failures->fetch_add(1) < 4)
                       return fail(Errc::unavailable, "an outage, longer than attempts_max");
                     return {};
                   },
                   [](const Event& event) -> Done {
                     if (event.data == "21")
                       return fail(Errc::internal, "after the effect, every time");
                     return {};
                   })}};
  std::vector<std::int64_t> expected;
  for (int i = 0; i < 30; ++i) {
    tell({event_of("k", i)});
    if (i != 13 && i != 21)
      expected.push_back(i);
  }
  drained();
  EXPECT_EQ(seen("a")["k"], expected);
  auto letters = must(run(storage::list_dead_letters(*db, "a", {}, 10)));
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[1].event.data, "13");
  EXPECT_EQ(letters[1].attempts, 1);
  EXPECT_EQ(letters[0].event.data, "21");
  EXPECT_EQ(letters[0].attempts, 3);
  EXPECT_EQ(letters[0].reason, "after the effect, every time");
}

TEST_F(DeliveryTest, AnEventToldTwiceHasOneEffect) {
  EventNode node{config, settings, {recorder("a", {Topic::match_found})}};
  auto event = event_of("k", 1);
  tell({event});
  drained();
  tell({event, event, event_of("k", 2)});
  drained();
  EXPECT_EQ(seen("a")["k"], (std::vector<std::int64_t>{1, 2}));
}

TEST_F(DeliveryTest, AReplayedDeadLetterIsHandled) {
  auto broken = std::make_shared<std::atomic<bool>>(true);
  EventNode node{config,
                 settings,
                 {recorder("a", {Topic::match_found},
                           [broken](const Event&) -> Done {
                             if (*broken)
                               return fail(Errc::invalid, "broken");
                             return {};
                           }),
                  recorder("b", {Topic::match_found})}};
  tell({event_of("k", 5)});
  drained();
  auto letters = must(run(storage::list_dead_letters(*db, {}, {}, 10)));
  ASSERT_EQ(letters.size(), 1u);
  *broken = false;
  must(run(storage::replay_dead_letter(*db, letters[0].id, now())));
  drained();
  EXPECT_EQ(seen("a")["k"], std::vector<std::int64_t>{5});
  EXPECT_EQ(seen("b")["k"], std::vector<std::int64_t>{5});
}

TEST_F(DeliveryTest, NodesThatDieInTheMiddleLoseNothingAndRepeatNothing) {
  std::map<std::string, std::vector<std::int64_t>> expected;
  auto tell_some = [&](int from) {
    for (int i = from; i < from + 60; ++i) {
      auto key = std::to_string(i % 5);
      tell({event_of(key, i)});
      expected[key].push_back(i);
    }
  };
  for (int round = 0; round < 6; ++round) {
    EventNode node{config, settings, {recorder("a", {Topic::match_found})}};
    tell_some(round * 60);
    node.stop(round % 3 == 2);
    // Nobody said good-bye: the lease of the one before has to end first.
    sql("UPDATE outbox_leader SET until = now()");
  }
  EventNode last{config, settings, {recorder("a", {Topic::match_found})}};
  drained();
  EXPECT_EQ(seen("a"), expected);
}

TEST_F(DeliveryTest, OfTwoNodesOneTellsAndTheOtherTakesOver) {
  auto first = std::make_unique<EventNode>(
    config, settings, std::vector<Consumer>{recorder("a", {Topic::match_found})});
  tell({event_of("k", 1)});
  drained();
  EventNode second{config, settings, {recorder("b", {Topic::match_found})}};
  tell({event_of("k", 2)});
  drained();
  EXPECT_TRUE(seen("b").empty());
  first->stop(true);
  tell({event_of("k", 3)});
  drained();
  EXPECT_EQ(seen("a")["k"], (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(seen("b")["k"], std::vector<std::int64_t>{3});
}

}  // namespace
}  // namespace jobraker
