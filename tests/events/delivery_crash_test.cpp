#include <atomic>
#include <memory>

#include <caf/actor_cast.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>

#include "actors/events/event_system.hpp"
#include "tests/events/delivery.hpp"

namespace jobraker::test {
namespace {

struct DeliveryCrashTest : DeliveryTest {};

/// Ends an actor as an exception in one of its handlers does.
template <class Handle>
void crash(const Result<Handle>& actor) {
  caf::anon_send(caf::actor_cast<caf::actor>(must(actor)),
                 caf::exit_msg{caf::actor_addr{}, caf::make_error(caf::sec::runtime_error)});
}

/// A crashed consumer forgets what it was given: it gets that again, and nobody else anything.
TEST_F(DeliveryCrashTest, WhatAConsumerHadIsGivenToItsSuccessorOnly) {
  auto held = std::make_shared<std::atomic<bool>>(true);
  auto heard_by_b = std::make_shared<std::atomic<int>>(0);
  // It handles nothing while it is held; what it had begun goes on after its end.
  Consumer a = recorder("a", {Topic::match_found}, [held](const Event&) -> Done {
    if (*held)
      return fail(Errc::unavailable, "held");
    return {};
  });
  Consumer b = recorder("b", {Topic::match_found}, [heard_by_b](const Event&) -> Done {
    ++*heard_by_b;
    return {};
  });
  EventNode node{config, settings, {a, b}};
  std::map<std::string, std::vector<std::int64_t>> expected;
  for (int i = 0; i < 60; ++i) {
    auto key = std::to_string(i % 5);
    tell({event_of(key, i)});
    expected[key].push_back(i);
  }
  const auto& listeners = node.events().shared().listeners;
  eventually([&] { return listeners[1]->figures->handled == 60; }, "b has not handled all");
  auto before = node.living("/system/events/a");
  crash(listeners[0]->find());
  eventually([&] { return node.living("/system/events/a") != before; }, "a has not ended");
  *held = false;
  drained();
  EXPECT_EQ(seen("a"), expected);
  EXPECT_EQ(seen("b"), expected);
  EXPECT_EQ(*heard_by_b, 60);
  EXPECT_EQ(listeners[1]->figures->repeated, 0);
}

/// The outbox's successor gives everything out again; what consumers still had of its predecessor's
/// is not handled besides.
TEST_F(DeliveryCrashTest, WhatAnEarlierOutboxGaveOutIsNotHandledTwice) {
  auto held = std::make_shared<std::atomic<bool>>(true);
  config.events.handled_at_once = 1;
  EventNode node{
    config, settings, {recorder("a", {Topic::match_found}, [held](const Event&) -> Done {
      if (*held)
        return fail(Errc::unavailable, "held");
      return {};
    })}};
  std::vector<std::int64_t> expected;
  for (int i = 0; i < 40; ++i) {
    tell({event_of("k", i)});
    expected.push_back(i);
  }
  const auto& figures = *node.events().shared().listeners[0]->figures;
  eventually([&] { return figures.waiting == 40; }, "not all was given out");
  auto leader = sql("SELECT node FROM outbox_leader").front().get<Uuid>(0);
  crash(node.events().outbox());
  // The one that is being handled, and all of the new outbox's; the old one's are forgotten.
  eventually([&] { return figures.waiting == 41; }, "not all was given out again");
  *held = false;
  drained();
  eventually([&] { return figures.waiting == 0; }, "something is still waiting");
  EXPECT_EQ(seen("a")["k"], expected);
  // Only the one that was being handled.
  EXPECT_LE(figures.repeated, 1);
  EXPECT_EQ(sql("SELECT node FROM outbox_leader").front().get<Uuid>(0), leader);
}

TEST_F(DeliveryCrashTest, TheDeskComesBackAfterACrashAlthoughNobodyAsks) {
  EventNode node{config, settings, {}};
  auto first = node.living("/system/events");
  ASSERT_TRUE(first);
  crash(node.events().desk());
  eventually(
    [&] {
      auto living = node.living("/system/events");
      return living && living != first;
    },
    "the desk did not come back");
}

/// An operator has ended them: what they had to do goes on although nobody asks, and nothing new is
/// committed that would wake them.
TEST_F(DeliveryCrashTest, OutboxAndDeskComeBackAfterTheyWereDrained) {
  EventNode node{config, settings, {recorder("a", {Topic::match_found})}};
  tell({event_of("k", 1)});
  drained();
  for (const auto* path : {"/system/outbox", "/system/events"}) {
    auto first = node.living(path);
    ASSERT_TRUE(first);
    auto end = caf::exit_msg{caf::actor_addr{}, caf::exit_reason::user_shutdown};
    if (path == std::string{"/system/outbox"})
      caf::anon_send(caf::actor_cast<caf::actor>(must(node.events().outbox())), end);
    else
      caf::anon_send(caf::actor_cast<caf::actor>(must(node.events().desk())), end);
    eventually(
      [&] {
        auto living = node.living(path);
        return living && living != first;
      },
      path);
  }
  tell({event_of("k", 2)});
  drained();
  EXPECT_EQ(seen("a")["k"], (std::vector<std::int64_t>{1, 2}));
}

/// Reason, key and data of what cannot be handled need not be text that PostgreSQL takes.
TEST_F(DeliveryCrashTest, WhatCannotBeStoredAsItIsIsSetAsideAsText) {
  EventNode node{
    config, settings, {recorder("a", {Topic::match_found}, [](const Event& event) -> Done {
      if (event.data == "1")
        return fail(Errc::invalid, std::string{"broken: \xC3\xFF\0!", 12});
      return {};
    })}};
  tell({event_of("k", 1), event_of("k", 2)});
  drained();
  EXPECT_EQ(seen("a")["k"], std::vector<std::int64_t>{2});
  auto letters = must(run(storage::list_dead_letters(*db, "a", {}, 10)));
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].reason, "broken: ???!");
}

TEST_F(DeliveryCrashTest, WhatCannotBeSetAsideHoldsUpNobody) {
  sql("ALTER TABLE dead_letters ADD CONSTRAINT never CHECK (consumer <> 'a') NOT VALID");
  EventNode node{
    config, settings, {recorder("a", {Topic::match_found}, [](const Event& event) -> Done {
      if (event.data == "1")
        return fail(Errc::invalid, "poison");
      return {};
    })}};
  tell({event_of("k", 1), event_of("k", 2)});
  drained();
  EXPECT_EQ(seen("a")["k"], std::vector<std::int64_t>{2});
}

/// PostgreSQL refuses the dead letter more often than an event is tried, for a reason that is not
/// the event's: it is a standby for a while. The event waits, and so does what is behind it.
TEST_F(DeliveryCrashTest, WhatCannotBeSetAsideAtTheMomentIsNotLost) {
  sql("CREATE SEQUENCE refused");
  sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF nextval('refused') <= 4 THEN "
      "RAISE EXCEPTION 'read-only' USING ERRCODE = '25006'; END IF; RETURN NEW; END $$");
  sql("CREATE TRIGGER refusing BEFORE INSERT ON dead_letters FOR EACH ROW "
      "EXECUTE FUNCTION refuse()");
  EventNode node{
    config, settings, {recorder("a", {Topic::match_found}, [](const Event& event) -> Done {
      if (event.data == "1")
        return fail(Errc::invalid, "poison");
      return {};
    })}};
  tell({event_of("k", 1), event_of("k", 2)});
  drained();
  EXPECT_EQ(seen("a")["k"], std::vector<std::int64_t>{2});
  auto letters = must(run(storage::list_dead_letters(*db, "a", {}, 10)));
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].event.data, "1");
  EXPECT_EQ(sql("SELECT last_value FROM refused").front().get<int>(0), 5);
}

/// Rows that were in hand when the lead went are another node's; when it comes back they are read
/// anew.
TEST_F(DeliveryCrashTest, ANodeThatLosesTheLeadStartsOverWhenItHasItAgain) {
  auto held = std::make_shared<std::atomic<bool>>(true);
  config.events.in_flight_max = 20;
  config.events.batch = 10;
  EventNode node{
    config, settings, {recorder("a", {Topic::match_found}, [held](const Event& event) -> Done {
      if (*held && event.key == "held")
        return fail(Errc::unavailable, "held");
      return {};
    })}};
  for (int i = 0; i < 40; ++i)
    tell({event_of("held", i)});
  const auto& outbox = node.events().shared().outbox;
  eventually([&] { return outbox.in_flight >= 20; }, "nothing is in flight");
  sql("UPDATE outbox_leader SET node = $1, until = now() + interval '1 hour'", {new_uuid()});
  eventually([&] { return !outbox.leading; }, "the lead was not lost");
  // The other node tells all of it, and ends.
  sql("DELETE FROM outbox");
  sql("UPDATE outbox_leader SET until = now()");
  tell({event_of("free", 1)});
  drained();
  EXPECT_EQ(seen("a")["free"], std::vector<std::int64_t>{1});
  *held = false;
}

}  // namespace
}  // namespace jobraker::test
