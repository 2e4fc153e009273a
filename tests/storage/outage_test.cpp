#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;

/// A cluster of the test's own, to be stopped and started.
struct OutageTest : ::testing::Test {
  void SetUp() override {
    if (test::maintenance_url().empty())
      GTEST_SKIP()
        << "JOBRAKER_TEST_DATABASE_URL is not set: no PostgreSQL to test with (tools/test sets it)";
    if (!std::filesystem::exists("/usr/lib/postgresql/15/bin/pg_ctl"))
      GTEST_SKIP() << "pg_ctl is not installed";
    folder = "/tmp/jobraker-outage-" + std::to_string(getpid());
    ASSERT_EQ(pg("start"), 0);
    settings.url = "postgresql://jobraker@/jobraker?host=" + folder;
    settings.away_wait = 300ms;
    db = std::make_unique<Database>(loop.io, settings);
    must(loop.run(db->query("CREATE TABLE things (id integer PRIMARY KEY)")));
  }
  void TearDown() override {
    db.reset();
    if (folder.empty())
      return;
    pg("stop");
    std::filesystem::remove_all(folder);
  }
  int pg(const std::string& action) {
    auto command = std::string{JOBRAKER_SOURCE_DIR} + "/tools/dev/pg " + action + " " + folder;
    if (action == "start")
      command += " --throwaway";
    return std::system((command + " >/dev/null").c_str());
  }

  std::string folder;
  test::Loop loop;
  Settings settings;
  std::unique_ptr<Database> db;
};

TEST_F(OutageTest, WhatIsInFlightFailsAndEverythingRecoversByItself) {
  auto read = loop.spawn(db->query("SELECT pg_sleep(60)"));
  auto inside = loop.spawn(db->transaction([&](Transaction& t) -> task<Done> {
    must(co_await t.query("INSERT INTO things VALUES (1)"));
    auto slow = co_await t.query("SELECT pg_sleep(60)");
    co_return fail(slow.error());
  }));
  loop.run_until([&] { return db->stats().in_flight >= 3; });
  ASSERT_EQ(pg("stop"), 0);
  loop.run_until([&] { return read->has_value() && inside->has_value(); });
  EXPECT_EQ(error_of(**read), Errc::unavailable);
  EXPECT_EQ(error_of(**inside), Errc::unavailable);

  // Away: the first ones wait a little, in case it comes back at once; later ones are told straight
  // away.
  EXPECT_EQ(error_of(loop.run(db->query("SELECT 1"))), Errc::unavailable);
  EXPECT_EQ(error_of(loop.run(db->query("SELECT 1"))), Errc::unavailable);
  EXPECT_EQ(db->stats().connections_up, 0u);
  EXPECT_EQ(error_of(loop.run(db->ping())), Errc::unavailable);

  ASSERT_EQ(pg("start"), 0);
  loop.run_until([&] { return db->stats().connections_up == settings.connections; });
  EXPECT_EQ(must(loop.run(db->query("SELECT count(*) FROM things"))).front().get<int>(0), 0)
    << "nothing of the broken transaction is left";
  must(loop.run(db->query("INSERT INTO things VALUES (1)")));
  EXPECT_GE(db->stats().reconnects, 1u);
}

TEST_F(OutageTest, AQueuedStatementSurvivesAShortOutage) {
  settings.away_wait = 30s;
  db = std::make_unique<Database>(loop.io, settings);
  must(loop.run(db->ping()));
  ASSERT_EQ(pg("stop"), 0);
  loop.run_until([&] { return db->stats().connections_up == 0; });
  auto queued = loop.spawn(db->query("INSERT INTO things VALUES (7)"));
  auto hurried = loop.spawn(db->query("SELECT 1", {}, std::chrono::steady_clock::now() + 50ms));
  loop.run_until([&] { return hurried->has_value(); });
  EXPECT_EQ(error_of(**hurried), Errc::timed_out);
  EXPECT_FALSE(queued->has_value());
  ASSERT_EQ(pg("start"), 0);
  loop.run_until([&] { return queued->has_value(); });
  EXPECT_EQ(must(**queued).affected(), 1u);
}

}  // namespace
}  // namespace jobraker
