#include "tests/events/delivery.hpp"

#include <atomic>
#include <memory>

#include "actors/events/event_system.hpp"

namespace jobraker::test {
namespace {

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

/// More of them than one read brings, and a page of nothing else: what is behind them is told.
TEST_F(DeliveryTest, WhatANewerBinaryTellsIsLeftToItAndTheRestGoesOn) {
  config.events.batch = 10;
  auto unknown = [&](int count) {
    sql("INSERT INTO outbox (id, topic, type, key, at, data, traceparent) "
        "SELECT gen_random_uuid(), 'not-known-yet', 'x', 'k', now(), '{}', '' "
        "FROM generate_series(1, $1)",
        {count});
  };
  unknown(25);
  tell({event_of("k", 1)});
  EventNode node{config, settings, {recorder("a", {Topic::match_found})}};
  tell({event_of("k", 2)});
  unknown(25);
  tell({event_of("k", 3)});
  eventually([&] { return must(run(storage::outbox_state(*db))).waiting == 50; },
             "not all that is known was told, or more than that");
  EXPECT_EQ(seen("a")["k"], (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(sql("SELECT count(*) FROM outbox WHERE topic = 'not-known-yet'").front().get<int>(0),
            50);
}

/// An ending node waits for what it has given out, removes it, and gives up the lead after that.
TEST_F(DeliveryTest, ANodeThatEndsLeavesTheLeadLast) {
  sql("CREATE TABLE left_behind (rows bigint)");
  sql("CREATE FUNCTION note_leaving() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN INSERT INTO left_behind SELECT count(*) FROM outbox; RETURN OLD; END'");
  sql("CREATE TRIGGER leaving BEFORE DELETE ON outbox_leader FOR EACH ROW "
      "EXECUTE FUNCTION note_leaving()");
  auto attempts = std::make_shared<std::atomic<int>>(0);
  EventNode node{
    config, settings, {recorder("a", {Topic::match_found}, [attempts](const Event&) -> Done {
      if (attempts->fetch_add(1) == 0)
        return fail(Errc::unavailable, "soon");
      return {};
    })}};
  tell({event_of("k", 1)});
  eventually([&] { return *attempts > 0; }, "the event was not given out");
  node.stop(true);
  EXPECT_EQ(seen("a")["k"], std::vector<std::int64_t>{1});
  EXPECT_EQ(must(run(storage::outbox_state(*db))).waiting, 0);
  auto left = sql("SELECT rows FROM left_behind");
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left.front().get<int>(0), 0);
  EXPECT_TRUE(sql("SELECT 1 FROM outbox_leader").empty());
}

/// What is not done in time is the next node's, and happens once.
TEST_F(DeliveryTest, ANodeThatEndsDoesNotWaitForAnOutage) {
  auto away = std::make_shared<std::atomic<bool>>(true);
  auto consumer = recorder("a", {Topic::match_found}, [away](const Event&) -> Done {
    if (*away)
      return fail(Errc::unavailable, "away");
    return {};
  });
  EventNode node{config, settings, {consumer}};
  tell({event_of("k", 1), event_of("k", 2)});
  const auto& outbox = node.events().shared().outbox;
  eventually([&] { return outbox.in_flight >= 2; }, "nothing is in flight");
  node.stop(true);
  EXPECT_TRUE(sql("SELECT 1 FROM outbox_leader").empty());
  EXPECT_EQ(must(run(storage::outbox_state(*db))).waiting, 2);
  *away = false;
  EventNode next{config, settings, {consumer}};
  drained();
  EXPECT_EQ(seen("a")["k"], (std::vector<std::int64_t>{1, 2}));
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
}  // namespace jobraker::test
