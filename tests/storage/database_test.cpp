#include "tests/support/pg.hpp"

#include <boost/asio/post.hpp>

#include "messages/together.hpp"
#include "storage/databases.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;

auto after(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

struct DatabaseTest : test::PgTest {
  void SetUp() override {
    PgTest::SetUp();
    if (db)
      sql("CREATE TABLE things (id integer PRIMARY KEY, note text CHECK (note <> ''))");
  }
  std::int64_t count() { return sql("SELECT count(*) FROM things").front().get<std::int64_t>(0); }
  task<Result<Rows>> insert(Session& session, int id) {
    return session.query("INSERT INTO things (id, note) VALUES ($1, 'x')", {id});
  }
  void use_connections(std::size_t connections) {
    settings.connections = connections;
    db = std::make_unique<Database>(loop.io, settings);
  }
};

TEST_F(DatabaseTest, AnswersGoToThoseWhoAsked) {
  std::vector<std::shared_ptr<std::optional<Result<Rows>>>> answers;
  for (int i = 0; i < 1000; ++i)
    answers.push_back(loop.spawn(db->query("SELECT $1::integer * 2", {i})));
  loop.run_until([&] {
    return std::all_of(answers.begin(), answers.end(), [](auto& a) { return a->has_value(); });
  });
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(must(**answers[static_cast<std::size_t>(i)]).front().get<int>(0), 2 * i);
  EXPECT_EQ(db->stats().in_flight, 0u);
  EXPECT_EQ(db->stats().waiting, 0u);
}

TEST_F(DatabaseTest, StatementsOfOneConnectionTakeEffectInOrder) {
  use_connections(1);
  sql("CREATE TABLE log (place bigint GENERATED ALWAYS AS IDENTITY, value integer)");
  std::vector<std::shared_ptr<std::optional<Result<Rows>>>> answers;
  for (int i = 0; i < 300; ++i)
    answers.push_back(loop.spawn(db->query("INSERT INTO log (value) VALUES ($1)", {i})));
  loop.run_until([&] { return answers.back()->has_value(); });
  auto rows = sql("SELECT array_agg(value ORDER BY place) FROM log");
  auto values = rows.front().get<std::vector<int>>(0);
  ASSERT_EQ(values.size(), 300u);
  EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
}

TEST_F(DatabaseTest, AnErrorStaysWithItsStatement) {
  use_connections(1);
  std::vector<std::shared_ptr<std::optional<Result<Rows>>>> answers;
  // Reads that share a sync with a failing one, writes before, between and after.
  for (int i = 0; i < 90; ++i)
    answers.push_back(loop.spawn(i % 3 == 0   ? db->query("SELECT 10 / $1::integer", {i % 2})
                                 : i % 3 == 1 ? insert(*db, i % 9 == 4 ? 4 : i)
                                              : db->query("SELECT $1::integer", {i})));
  loop.run_until([&] {
    return std::all_of(answers.begin(), answers.end(), [](auto& a) { return a->has_value(); });
  });
  int written = 0;
  for (int i = 0; i < 90; ++i) {
    auto& answer = **answers[static_cast<std::size_t>(i)];
    if (i % 3 == 0 && i % 2 == 0)
      EXPECT_EQ(error_of(answer), Errc::invalid) << i;
    else if (i % 3 == 0)
      EXPECT_EQ(must(answer).front().get<int>(0), 10) << i;
    else if (i % 3 == 2)
      EXPECT_EQ(must(answer).front().get<int>(0), i);
    else if (i % 9 == 4 && i != 4)
      EXPECT_EQ(error_of(answer), Errc::conflict) << i;
    else
      written += must(answer).affected() == 1 ? 1 : 0;
  }
  EXPECT_EQ(count(), written);
  EXPECT_EQ(written, 21);
}

TEST_F(DatabaseTest, StatementsThatDoNotParseHurtNobodyElse) {
  use_connections(1);
  auto before = loop.spawn(db->query("SELECT 1"));
  auto bad = loop.spawn(db->query("SELECT no_such_column FROM things"));
  auto after_it = loop.spawn(db->query("SELECT 3"));
  auto again = loop.spawn(db->query("SELECT no_such_column FROM things"));
  auto write = loop.spawn(insert(*db, 1));
  loop.run_until([&] { return write->has_value() && again->has_value() && after_it->has_value(); });
  EXPECT_EQ(must(**before).front().get<int>(0), 1);
  EXPECT_EQ(error_of(**bad), Errc::internal);
  EXPECT_EQ(must(**after_it).front().get<int>(0), 3);
  EXPECT_EQ(error_of(**again), Errc::internal);
  EXPECT_EQ(must(**write).affected(), 1u);
}

TEST_F(DatabaseTest, ErrorsAreMappedByTheirMeaning) {
  must(run(insert(*db, 1)));
  EXPECT_EQ(error_of(run(insert(*db, 1))), Errc::conflict);
  EXPECT_EQ(error_of(run(db->query("INSERT INTO things VALUES (2, '')"))), Errc::invalid);
  EXPECT_EQ(error_of(run(db->query("SELECT $1::integer", {"no number"}))), Errc::invalid);
  EXPECT_EQ(error_of(run(db->query("SELECT 1 FROM nowhere"))), Errc::internal);
}

TEST_F(DatabaseTest, AnExpiredStatementAnswersAndTheNextOnesAreRight) {
  use_connections(1);
  auto slow = loop.spawn(db->query("SELECT pg_sleep(0.5)", {}, after(50ms)));
  auto next = loop.spawn(db->query("SELECT 7"));
  loop.run_until([&] { return slow->has_value(); });
  EXPECT_EQ(error_of(**slow), Errc::timed_out);
  EXPECT_FALSE(next->has_value()) << "it waits behind the slow one";
  loop.run_until([&] { return next->has_value(); });
  EXPECT_EQ(must(**next).front().get<int>(0), 7);
  EXPECT_EQ(error_of(run(db->query("SELECT 1", {}, after(-1ms)))), Errc::timed_out);
}

TEST_F(DatabaseTest, TheServerStopsWhatTakesTooLong) {
  settings.statement_timeout = 300ms;
  use_connections(1);
  EXPECT_EQ(error_of(run(db->query("SELECT pg_sleep(20)"))), Errc::timed_out);
  EXPECT_EQ(sql("SELECT 1").front().get<int>(0), 1) << "20 s have not passed";
}

TEST_F(DatabaseTest, TheQueueIsBounded) {
  settings.max_waiting = 10;
  use_connections(1);
  std::vector<std::shared_ptr<std::optional<Result<Rows>>>> answers;
  for (int i = 0; i < 200; ++i)
    answers.push_back(loop.spawn(db->query("SELECT $1::integer", {i})));
  loop.run_until([&] {
    return std::all_of(answers.begin(), answers.end(), [](auto& a) { return a->has_value(); });
  });
  int refused = 0;
  for (auto& answer : answers)
    if (!**answer) {
      EXPECT_EQ(error_of(**answer), Errc::unavailable);
      ++refused;
    }
  EXPECT_EQ(refused, 190);
}

TEST_F(DatabaseTest, ATransactionCommitsItsValue) {
  auto value = run(db->transaction([&](Transaction& t) -> task<Result<int>> {
    must(co_await insert(t, 1));
    must(co_await insert(t, 2));
    co_return 42;
  }));
  EXPECT_EQ(must(value), 42);
  EXPECT_EQ(count(), 2);
}

TEST_F(DatabaseTest, ATransactionThatHasItsConnectionCommitsAlthoughTheQueueIsFull) {
  constexpr std::size_t room = 5;
  settings.max_waiting = room;
  auto watcher = std::make_unique<Database>(loop.io, settings);
  use_connections(2);
  must(loop.run(db->query("SELECT 1")));
  for (bool last : {false, true}) {
    std::vector<std::shared_ptr<std::optional<Result<Rows>>>> crowd;
    auto done = loop.run(db->transaction([&](Transaction& transaction) -> task<Done> {
      must(co_await insert(transaction, last ? 2 : 1));
      for (std::size_t i = 0; i < room; ++i)
        crowd.push_back(loop.spawn(db->query("SELECT 2")));
      if (last)
        must(co_await transaction.query("/* last */ UPDATE things SET note = 'y' WHERE id = 2"));
      co_return Done{};
    }));
    EXPECT_TRUE(done);
    loop.run_until([&] {
      return std::all_of(crowd.begin(), crowd.end(), [](auto& c) { return c->has_value(); });
    });
  }
  // A connection that went back with its transaction open would keep these to itself.
  for (int id = 10; id < 30; ++id)
    must(loop.run(insert(*db, id)));
  auto seen = must(loop.run(watcher->query("SELECT count(*) FROM things")));
  EXPECT_EQ(seen.front().get<std::int64_t>(0), 22);
}

TEST_F(DatabaseTest, ALastStatementCommits) {
  constexpr std::string_view last = "/* last */ INSERT INTO things (id, note) VALUES ($1, 'x')";
  must(run(db->transaction([&](Transaction& t) -> task<Done> {
    must(co_await insert(t, 1));
    EXPECT_EQ(must(co_await t.query(last, {2})).affected(), 1u);
    EXPECT_EQ(must(co_await db->query("SELECT 1 FROM things")).size(), 2u) << "seen by others";
    co_return Done{};
  })));
  EXPECT_EQ(count(), 2);
  must(run(db->query(last, {3})));
  EXPECT_EQ(count(), 3) << "without a transaction it is a statement like any other";
}

TEST_F(DatabaseTest, ALastStatementThatFailsCommitsNothing) {
  use_connections(1);
  constexpr std::string_view last = "/* last */ INSERT INTO things (id, note) VALUES ($1, 'x')";
  auto end_with = [&](std::string_view text, int id) {
    return run(db->transaction([&](Transaction& t) -> task<Done> {
      must(co_await insert(t, 1));
      auto rows = co_await t.query(text, {id});
      if (!rows)
        co_return fail(rows.error());
      co_return Done{};
    }));
  };
  EXPECT_EQ(error_of(end_with(last, 1)), Errc::conflict);
  EXPECT_EQ(error_of(end_with("/* last */ INSERT INTO nowhere VALUES ($1)", 1)), Errc::internal);
  sql("ALTER TABLE things ADD twin integer DEFAULT 1");
  sql("ALTER TABLE things ADD CONSTRAINT one_twin UNIQUE (twin) DEFERRABLE INITIALLY DEFERRED");
  EXPECT_EQ(error_of(end_with(last, 2)), Errc::conflict) << "found by COMMIT";
  EXPECT_EQ(count(), 0);
  sql("ALTER TABLE things DROP twin");
  must(end_with(last, 2));
  EXPECT_EQ(count(), 2) << "the connection is as good as new";
}

TEST_F(DatabaseTest, WithinASavepointNothingIsLast) {
  constexpr std::string_view last = "/* last */ INSERT INTO things (id, note) VALUES ($1, 'x')";
  auto outcome = run(db->transaction([&](Transaction& outer) -> task<Done> {
    must(co_await outer.transaction([&](Transaction& t) -> task<Done> {
      must(co_await t.query(last, {1}));
      co_return Done{};
    }));
    must(co_await insert(outer, 2));
    co_return fail(Errc::forbidden, "no");
  }));
  EXPECT_EQ(error_of(outcome), Errc::forbidden);
  EXPECT_EQ(count(), 0);
}

TEST_F(DatabaseTest, StatementsSentTogetherTakeEffectInOrder) {
  use_connections(1);
  auto outcome = run(db->transaction([&](Transaction& t) -> task<Done> {
    auto [made, seen] =
      co_await together(insert(t, 1), t.query("SELECT 1 FROM things WHERE id = 1"));
    must(made);
    EXPECT_EQ(must(seen).size(), 1u);
    auto [good, bad] = co_await together(insert(t, 2), insert(t, 1));
    must(good);
    EXPECT_EQ(error_of(bad), Errc::conflict);
    co_return Done{};
  }));
  EXPECT_EQ(error_of(outcome), Errc::conflict) << "overlooked by the body";
  EXPECT_EQ(count(), 0);
}

TEST_F(DatabaseTest, AnErrorOrExceptionOfTheBodyRollsBack) {
  auto failed = run(db->transaction([&](Transaction& t) -> task<Done> {
    must(co_await insert(t, 1));
    co_return fail(Errc::forbidden, "no");
  }));
  EXPECT_EQ(error_of(failed), Errc::forbidden);
  EXPECT_THROW(run(db->transaction([&](Transaction& t) -> task<Done> {
                 must(co_await insert(t, 1));
                 throw std::runtime_error("broken");
               })),
               std::runtime_error);
  EXPECT_EQ(count(), 0);
}

TEST_F(DatabaseTest, AnOverlookedErrorDoesNotCommit) {
  auto outcome = run(db->transaction([&](Transaction& t) -> task<Done> {
    must(co_await insert(t, 1));
    (void)co_await insert(t, 1);
    EXPECT_EQ(error_of(co_await t.query("SELECT 1")), Errc::conflict) << "the first error stays";
    co_return Done{};
  }));
  EXPECT_EQ(error_of(outcome), Errc::conflict);
  EXPECT_EQ(count(), 0);
}

TEST_F(DatabaseTest, AFailedInnerTransactionLeavesTheOuterOneWhole) {
  auto outcome = run(db->transaction([&](Transaction& outer) -> task<Done> {
    must(co_await insert(outer, 1));
    auto inner = co_await outer.transaction([&](Transaction& t) -> task<Done> {
      must(co_await insert(t, 2));
      auto twice = co_await insert(t, 1);
      co_return fail(twice.error());
    });
    EXPECT_EQ(error_of(inner), Errc::conflict);
    must(co_await outer.transaction([&](Transaction& t) -> task<Done> {
      must(co_await insert(t, 3));
      co_return Done{};
    }));
    co_return Done{};
  }));
  must(outcome);
  EXPECT_EQ(sql("SELECT array_agg(id ORDER BY id) FROM things").front().get<std::vector<int>>(0),
            (std::vector<int>{1, 3}));
}

TEST_F(DatabaseTest, ASerialisationFailureRunsTheBodyAgain) {
  must(run(insert(*db, 1)));
  int runs = 0;
  auto outcome = run(db->transaction([&](Transaction& t) -> task<Done> {
    ++runs;
    must(co_await t.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    must(co_await t.query("SELECT count(*) FROM things"));
    if (runs < 3)  // somebody else changes the row after our snapshot
      must(co_await db->query("UPDATE things SET note = note || 'y' WHERE id = 1"));
    auto updated = co_await t.query("UPDATE things SET note = 'mine' WHERE id = 1");
    if (!updated)
      co_return fail(updated.error());
    co_return Done{};
  }));
  must(outcome);
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(sql("SELECT note FROM things").front().get<std::string>(0), "mine");
}

TEST_F(DatabaseTest, ASerialisationFailureOfTheLastStatementDoesSo) {
  must(run(insert(*db, 1)));
  int runs = 0;
  must(run(db->transaction([&](Transaction& t) -> task<Done> {
    ++runs;
    must(co_await t.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    must(co_await t.query("SELECT count(*) FROM things"));
    if (runs < 3)
      must(co_await db->query("UPDATE things SET note = note || 'y' WHERE id = 1"));
    auto updated = co_await t.query("/* last */ UPDATE things SET note = 'mine' WHERE id = 1");
    if (!updated)
      co_return fail(updated.error());
    co_return Done{};
  })));
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(sql("SELECT note FROM things").front().get<std::string>(0), "mine");
}

TEST_F(DatabaseTest, OnlyThreeTimes) {
  must(run(insert(*db, 1)));
  int runs = 0;
  auto outcome = run(db->transaction([&](Transaction& t) -> task<Done> {
    ++runs;
    must(co_await t.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    must(co_await t.query("SELECT count(*) FROM things"));
    must(co_await db->query("UPDATE things SET note = note || 'y' WHERE id = 1"));
    auto updated = co_await t.query("UPDATE things SET note = 'mine' WHERE id = 1");
    if (!updated)
      co_return fail(updated.error());
    co_return Done{};
  }));
  EXPECT_EQ(error_of(outcome), Errc::unavailable);
  EXPECT_EQ(runs, 3);
}

TEST_F(DatabaseTest, TransactionsWaitForAConnectionAndPlainStatementsPassThem) {
  use_connections(2);
  int open = 0;
  int most = 0;
  std::vector<std::shared_ptr<std::optional<Done>>> transactions;
  for (int i = 0; i < 8; ++i)
    transactions.push_back(loop.spawn(db->transaction([&, i](Transaction& t) -> task<Done> {
      most = std::max(most, ++open);
      must(co_await insert(t, i));
      must(co_await db->query("SELECT 1"));  // outside, on the connection that is always left
      --open;
      co_return Done{};
    })));
  loop.run_until([&] {
    return std::all_of(transactions.begin(), transactions.end(),
                       [](auto& t) { return t->has_value(); });
  });
  EXPECT_EQ(most, 1);
  EXPECT_EQ(count(), 8);
}

TEST_F(DatabaseTest, AWaitingTransactionKeepsItsDeadline) {
  use_connections(1);
  auto holder = loop.spawn(db->transaction([&](Transaction& t) -> task<Done> {
    must(co_await t.query("SELECT pg_sleep(0.4)"));
    co_return Done{};
  }));
  auto waiting = loop.spawn(db->transaction(
    [&](Transaction&) -> task<Done> {
      ADD_FAILURE() << "it never gets a connection";
      co_return Done{};
    },
    after(100ms)));
  loop.run_until([&] { return waiting->has_value(); });
  EXPECT_EQ(error_of(**waiting), Errc::timed_out);
  EXPECT_FALSE(holder->has_value());
  loop.run_until([&] { return holder->has_value(); });
  must(**holder);
}

TEST_F(DatabaseTest, ALostConnectionFailsWhatIsOnItAndComesBack) {
  use_connections(2);
  EXPECT_EQ(sql("SELECT 1").front().get<int>(0), 1);
  auto outcome = run(db->transaction([&](Transaction& t) -> task<Done> {
    must(co_await insert(t, 1));
    auto pid = must(co_await t.query("SELECT pg_backend_pid()")).front().get<int>(0);
    auto flying = loop.spawn(t.query("SELECT pg_sleep(30)"));
    must(co_await db->query("SELECT pg_terminate_backend($1)", {pid}));
    auto next = co_await t.query("SELECT 1");
    co_return fail(next.error());
  }));
  EXPECT_EQ(error_of(outcome), Errc::unavailable);
  EXPECT_EQ(count(), 0);
  loop.run_until([&] { return db->stats().connections_up == 2; });
  EXPECT_EQ(db->stats().reconnects, 1u);
  must(run(insert(*db, 2)));
}

TEST_F(DatabaseTest, ClosingAnswersEverybody) {
  auto flying = loop.spawn(db->query("SELECT pg_sleep(30)"));
  auto inside = loop.spawn(db->transaction([&](Transaction& t) -> task<Done> {
    auto slow = co_await t.query("SELECT pg_sleep(30)");
    co_return fail(slow.error());
  }));
  loop.run_until([&] { return db->stats().in_flight >= 2; });
  db->close();
  auto late = run(db->query("SELECT 1"));
  EXPECT_EQ(error_of(late), Errc::unavailable);
  loop.run_until([&] { return flying->has_value() && inside->has_value(); });
  EXPECT_EQ(error_of(**flying), Errc::unavailable);
  EXPECT_EQ(error_of(**inside), Errc::unavailable);
}

TEST_F(DatabaseTest, LargeAnswersAndQuestionsPassEachOther) {
  use_connections(1);
  std::string big(3'000'000, 'x');
  std::vector<std::shared_ptr<std::optional<Result<Rows>>>> answers;
  for (int i = 0; i < 12; ++i)
    answers.push_back(loop.spawn(db->query("SELECT $1::text, $2::integer", {big, i})));
  loop.run_until([&] {
    return std::all_of(answers.begin(), answers.end(), [](auto& a) { return a->has_value(); });
  });
  for (int i = 0; i < 12; ++i) {
    auto row = must(**answers[static_cast<std::size_t>(i)]).front();
    EXPECT_EQ(row.raw(0)->size(), big.size());
    EXPECT_EQ(row.get<int>(1), i);
  }
}

TEST_F(DatabaseTest, PingSaysWhetherAnybodyIsThere) {
  must(run(db->ping()));
  Settings nowhere{"postgresql:///x?host=/nonexistent"};
  nowhere.away_wait = 100ms;
  Database away{loop.io, nowhere};
  EXPECT_EQ(error_of(run(away.ping())), Errc::unavailable);
}

TEST_F(DatabaseTest, EachIoThreadHasItsOwn) {
  IoContext other{1};
  Databases databases{{&loop.io, &other}, settings};
  ASSERT_EQ(databases.size(), 2u);
  Databases::bind(1);
  EXPECT_EQ(&databases.here(), &databases.at(1));
  Databases::bind(0);
  EXPECT_EQ(&databases.here(), &databases.at(0));
  must(run(databases.here().ping()));
}

}  // namespace
}  // namespace jobraker
