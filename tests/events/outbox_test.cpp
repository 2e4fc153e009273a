#include "storage/outbox.hpp"

#include <map>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include "actors/events/core/outbox_cursor.hpp"
#include "messages/make_event.hpp"
#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using events::OutboxCursor;
using test::error_of;
using test::must;

Event event_of(const std::string& key, std::string data = "{}") {
  return {new_uuid(), Topic::match_found, "jobraker.test.v1", key, now(), std::move(data), ""};
}

struct OutboxTest : test::PgTest {
  std::vector<OutboxRow> all() { return must(run(read_outbox(*db, 0, {}, 1000))).rows; }
};

TEST_F(OutboxTest, AnEventComesBackAsItWasTold) {
  auto event = make_event(ProfileUpdated{UserId::fresh(), 7}, now(), "00-aa-bb-01");
  must(run(append_events(*db, {event})));
  auto rows = all();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].event, event);
  EXPECT_FALSE(rows[0].dead);
  auto state = must(run(outbox_state(*db)));
  EXPECT_EQ(state.waiting, 1);
  EXPECT_TRUE(state.oldest);
  must(run(remove_from_outbox(*db, {rows[0].seq})));
  EXPECT_TRUE(all().empty());
  EXPECT_FALSE(must(run(outbox_state(*db))).oldest);
}

TEST_F(OutboxTest, WhatIsRolledBackIsNotTold) {
  auto done = run(db->transaction([](Transaction& t) -> task<Result<int>> {
    if (auto told = co_await append_events(t, {event_of("a")}); !told)
      co_return fail(std::move(told.error()));
    co_return fail(Errc::conflict, "no");
  }));
  EXPECT_EQ(error_of(done), Errc::conflict);
  EXPECT_TRUE(all().empty());
}

TEST_F(OutboxTest, WhoeverTellsIsWokenAfterTheCommitAndNotBefore) {
  int woken = 0;
  settings.on_told = [&] { ++woken; };
  Database other{loop.io, settings};
  must(run(append_events(other, {event_of("a")})));
  EXPECT_EQ(woken, 1);
  must(run(other.transaction([&](Transaction& t) -> task<Result<int>> {
    (void)co_await append_events(t, {event_of("a")});
    EXPECT_EQ(woken, 1);
    co_return 0;
  })));
  EXPECT_EQ(woken, 2);
  other.close();
}

/// 64 writers, each in transactions of random keys that stay open for a random time, so that they
/// commit in another order than they began; a reader follows with the cursor.
TEST_F(OutboxTest, SixtyFourWritersAreToldInTheOrderOfTheirCommits) {
  constexpr int writers = 64, rounds = 12, keys = 8;
  sql("CREATE TABLE ledger (key integer PRIMARY KEY, value bigint NOT NULL)");
  sql("INSERT INTO ledger SELECT k, 0 FROM generate_series(0, 7) k");
  settings.connections = 32;
  Database many{loop.io, settings};
  int running = writers;
  auto writer = [&](unsigned seed) -> task<void> {
    for (int i = 0; i < rounds; ++i) {
      seed = seed * 1664525u + 1013904223u;
      auto key = static_cast<int>((seed >> 8) % keys);
      auto rest = static_cast<double>((seed >> 16) % 8) / 1000;
      must(co_await many.transaction([&](Transaction& t) -> task<Result<int>> {
        // The row's own lock is only taken by half of them: the outbox must not depend on it.
        if (auto told = co_await append_events(t, {event_of(std::to_string(key))}); !told)
          co_return fail(std::move(told.error()));
        if (auto slept = co_await t.query("SELECT pg_sleep($1)", {rest}); !slept)
          co_return fail(std::move(slept.error()));
        // The order of commits of one key, as its own counter sees it.
        auto rows = co_await t.query(
          "WITH counted AS (UPDATE ledger SET value = value + 1 WHERE key = $1 RETURNING value) "
          "UPDATE outbox SET data = value::text FROM counted WHERE outbox.key = $2 AND outbox.data "
          "= "
          "'{}' "
          "AND outbox.xmin = pg_current_xact_id()::xid",
          {key, std::to_string(key)});
        if (!rows)
          co_return fail(std::move(rows.error()));
        co_return 0;
      }));
    }
    --running;
  };
  for (unsigned i = 0; i < writers; ++i)
    asio::co_spawn(loop.io, writer(i * 7919u + 1), asio::detached);
  std::map<std::string, std::vector<std::int64_t>> told;
  OutboxCursor cursor;
  std::size_t count = 0;
  bool overtaken = false;
  std::int64_t highest = 0;
  auto reader = [&]() -> task<bool> {
    while (count < std::size_t{writers} * rounds) {
      auto next = cursor.next();
      auto [rows, xmin, xmax, unknown] = must(co_await read_outbox(*db, next.after, next.gaps, 20));
      events::OutboxFound found{{}, xmin, xmax};
      for (const auto& row : rows)
        found.seqs.push_back(row.seq);
      auto fresh = cursor.found(next, found);
      std::set<std::int64_t> wanted{fresh.begin(), fresh.end()};
      for (const auto& row : rows)
        if (wanted.contains(row.seq)) {
          told[row.event.key].push_back(std::stoll(row.event.data));
          overtaken |= row.seq < highest;
          highest = std::max(highest, row.seq);
          ++count;
        }
      // Half of what is in hand is removed, the rest has to be recognised.
      if (fresh.size() % 2 == 1) {
        must(co_await remove_from_outbox(*db, fresh));
        cursor.removed(fresh);
      }
    }
    co_return true;
  };
  EXPECT_TRUE(run(reader()));
  EXPECT_EQ(running, 0);
  EXPECT_TRUE(overtaken) << "no number ever appeared below one seen: the test proves nothing";
  for (const auto& [key, values] : told)
    for (std::size_t i = 0; i < values.size(); ++i)
      EXPECT_EQ(values[i], static_cast<std::int64_t>(i) + 1) << "key " << key;
  many.close();
}

/// The later number is committed first, by the older of two transactions, and between the two
/// commits nothing else happens: what PostgreSQL calls a snapshot's xmax then leaves out the other.
TEST_F(OutboxTest, ANumberOfATransactionThatIsStillOpenIsWaitedFor) {
  bool has_id = false, has_number = false, may_end = false;
  auto rest = [](Transaction& t) -> task<void> { must(co_await t.query("SELECT pg_sleep(0.01)")); };
  auto older = loop.spawn(db->transaction([&](Transaction& t) -> task<Result<int>> {
    must(co_await t.query("SELECT pg_current_xact_id()"));
    has_id = true;
    while (!has_number)
      co_await rest(t);
    must(co_await append_events(t, {event_of("b")}));
    co_return 0;
  }));
  auto younger = loop.spawn(db->transaction([&](Transaction& t) -> task<Result<int>> {
    while (!has_id)
      co_await rest(t);
    must(co_await append_events(t, {event_of("a")}));
    has_number = true;
    while (!may_end)
      co_await rest(t);
    co_return 0;
  }));
  loop.run_until([&] { return older->has_value(); });
  OutboxCursor cursor;
  auto read = [&] {
    auto next = cursor.next();
    auto [rows, xmin, xmax, unknown] = must(run(read_outbox(*db, next.after, next.gaps, 20)));
    events::OutboxFound found{{}, xmin, xmax};
    for (const auto& row : rows)
      found.seqs.push_back(row.seq);
    return cursor.found(next, found).size();
  };
  EXPECT_EQ(read(), 1u);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(read(), 0u);
  may_end = true;
  loop.run_until([&] { return younger->has_value(); });
  EXPECT_EQ(read(), 1u);
}

/// In a rolling upgrade a newer binary tells of what this one has never heard.
TEST_F(OutboxTest, RowsOfAnUnknownTopicAreNamedAndLeftWhereTheyAre) {
  must(run(append_events(*db, {event_of("a")})));
  sql("INSERT INTO outbox (id, topic, type, key, at, data, traceparent) "
      "VALUES ($1, 'not-known-yet', 'x', 'k', now(), '{}', '')",
      {new_uuid()});
  must(run(append_events(*db, {event_of("b")})));
  auto page = must(run(read_outbox(*db, 0, {}, 1000)));
  ASSERT_EQ(page.rows.size(), 2u);
  EXPECT_EQ(page.rows[0].event.key, "a");
  EXPECT_EQ(page.rows[1].event.key, "b");
  ASSERT_EQ(page.unknown.size(), 1u);
  EXPECT_GT(page.unknown[0], page.rows[0].seq);
  EXPECT_LT(page.unknown[0], page.rows[1].seq);
  EXPECT_EQ(must(run(outbox_state(*db))).waiting, 3);
}

TEST_F(OutboxTest, OneNodeLeadsUntilItLeavesOrItsLeaseEnds) {
  auto a = new_uuid(), b = new_uuid();
  auto lease = std::chrono::milliseconds{60'000};
  EXPECT_TRUE(must(run(lead_outbox(*db, a, lease))));
  EXPECT_FALSE(must(run(lead_outbox(*db, b, lease))));
  EXPECT_TRUE(must(run(lead_outbox(*db, a, lease))));
  must(run(leave_outbox(*db, b)));
  EXPECT_FALSE(must(run(lead_outbox(*db, b, lease))));
  must(run(leave_outbox(*db, a)));
  EXPECT_TRUE(must(run(lead_outbox(*db, b, std::chrono::milliseconds{-1}))));
  EXPECT_TRUE(must(run(lead_outbox(*db, a, lease))));
}

TEST_F(OutboxTest, AConsumerHandlesAnEventOnce) {
  auto id = new_uuid();
  EXPECT_TRUE(must(run(first_time(*db, "a", id, now()))));
  EXPECT_FALSE(must(run(first_time(*db, "a", id, now()))));
  EXPECT_TRUE(must(run(first_time(*db, "b", id, now()))));
  EXPECT_EQ(must(run(forget_consumed(*db, now() + std::chrono::hours{1}, 1))), 1u);
  EXPECT_EQ(must(run(forget_consumed(*db, now() - std::chrono::hours{1}, 10))), 0u);
}

TEST_F(OutboxTest, ADeadLetterIsKeptToldAndReplayedOnce) {
  auto event = event_of("k", R"({"a":1})");
  DeadLetter letter{new_uuid(), "matching", event, "cannot be read", 3, now(), {}};
  must(run(add_dead_letter(*db, letter)));
  auto twice = letter;
  twice.id = new_uuid();
  must(run(add_dead_letter(*db, twice)));
  auto rows = all();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].event, event);
  ASSERT_TRUE(rows[0].dead);
  EXPECT_NE(rows[0].dead->find("cannot be read"), std::string::npos);
  EXPECT_FALSE(must(run(first_time(*db, "matching", event.id, now()))));
  auto listed = must(run(list_dead_letters(*db, "matching", {}, 10)));
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].event, event);
  EXPECT_TRUE(must(run(list_dead_letters(*db, "other", {}, 10))).empty());
  EXPECT_TRUE(must(run(list_dead_letters(*db, {}, listed[0].failed_at, 10))).empty());

  auto replayed = must(run(replay_dead_letter(*db, letter.id, now())));
  EXPECT_EQ(replayed.event, event);
  EXPECT_EQ(all().size(), 2u);
  EXPECT_EQ(all().back().event, event);
  EXPECT_TRUE(must(run(first_time(*db, "matching", event.id, now()))));
  EXPECT_EQ(error_of(run(replay_dead_letter(*db, letter.id, now()))), Errc::conflict);
  EXPECT_EQ(error_of(run(replay_dead_letter(*db, new_uuid(), now()))), Errc::not_found);
  // It may fail again, and is another dead letter then.
  sql("DELETE FROM consumed_events");
  must(run(add_dead_letter(*db, twice)));
  EXPECT_EQ(must(run(list_dead_letters(*db, {}, {}, 10))).size(), 2u);
  EXPECT_EQ(must(run(forget_dead_letters(*db, now() + std::chrono::hours{1}, 10))), 2u);
}

}  // namespace
}  // namespace jobraker
