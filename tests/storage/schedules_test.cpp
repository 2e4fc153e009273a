#include "storage/schedules.hpp"

#include "storage/effects.hpp"
#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;

const Time start = *parse_rfc3339("2026-11-20T12:00:00Z");
const UserId ada = UserId::of("ada");

struct SchedulesTest : test::PgTest {
  ScheduleDefinition hourly{"jobs.expire", "End old postings", "0 * * * *", {}, "UTC", start};

  void define(std::vector<ScheduleDefinition> definitions) {
    must(run(define_schedules(*db, std::move(definitions), start)));
  }
  ScheduleRecord find(const std::string& name = "jobs.expire") {
    std::vector<std::string> names{name};
    auto found = must(run(find_schedules(*db, names)));
    if (found.size() != 1)
      throw std::runtime_error(std::to_string(found.size()) + " schedules");
    return found.front();
  }
  NewRun wish(Time due = start, Time at = start) {
    return {"jobs.expire", due, {}, due + 1h, 10s, 3, at};
  }
  NewRun by_hand(Time at) { return {"jobs.expire", at, ada, {}, 10s, 3, at}; }
  static NextAt unchanged() {
    return [](std::optional<Time> next) { return next; };
  }
  std::vector<ScheduleRun> runs(std::int64_t limit = 100) {
    ListScheduleRuns query;
    query.name = "jobs.expire";
    query.limit = limit;
    return must(run(list_schedule_runs(*db, query))).items;
  }
};

TEST_F(SchedulesTest, ANewOneIsDueAtItsFirstTimeAndKeepsItUntilItsTimesChange) {
  define({hourly});
  auto found = find();
  EXPECT_EQ(found.schedule.title, "End old postings");
  EXPECT_EQ(found.schedule.cron, "0 * * * *");
  EXPECT_EQ(found.schedule.next_run_at, start);
  EXPECT_FALSE(found.schedule.last_run);
  auto later = hourly;
  later.next_at = start + 5h;
  later.title = "Others";
  define({later});
  EXPECT_EQ(find().schedule.next_run_at, start) << "what was missed while nobody was there stays";
  EXPECT_EQ(find().schedule.title, "Others");
  later.cron.reset();
  later.every_s = 60;
  define({later});
  EXPECT_EQ(find().schedule.next_run_at, start + 5h);
  EXPECT_EQ(find().schedule.every_s, 60);
}

TEST_F(SchedulesTest, ADueTimeIsTakenOnceAndEndsOnce) {
  define({hourly});
  auto taken = must(run(take_run(*db, wish())));
  EXPECT_EQ(error_of(run(take_run(*db, wish()))), Errc::conflict);
  auto under_way = find();
  EXPECT_EQ(under_way.schedule.running_since, start);
  EXPECT_EQ(under_way.busy_until, start + 10s);
  EXPECT_EQ(under_way.schedule.next_run_at, start + 1h);
  EXPECT_EQ(under_way.schedule.runs, 1);
  must(run(renew_run(*db, taken, 10s, start + 5s)));
  EXPECT_EQ(find().busy_until, start + 15s);
  must(run(end_run(*db, taken, RunOutcome::done, "3 ended", unchanged(), start + 7s)));
  must(run(end_run(*db, taken, RunOutcome::failed, "said again", unchanged(), start + 8s)));
  auto ended = find();
  EXPECT_FALSE(ended.schedule.running_since);
  EXPECT_FALSE(ended.busy_until);
  EXPECT_EQ(ended.schedule.failures, 0);
  ASSERT_TRUE(ended.schedule.last_run);
  EXPECT_EQ(ended.schedule.last_run->outcome, RunOutcome::done);
  EXPECT_EQ(ended.schedule.last_run->detail, "3 ended");
  EXPECT_EQ(ended.schedule.last_run->ended_at, start + 7s);
  EXPECT_EQ(ended.schedule.last_run->by, "schedule");
  EXPECT_EQ(error_of(run(take_run(*db, wish()))), Errc::conflict) << "the due time is gone";
}

TEST_F(SchedulesTest, OfTwoNodesOneTakesADueTime) {
  define({hourly});
  Database other{loop.io, settings};
  auto here = loop.spawn(take_run(*db, wish()));
  auto there = loop.spawn(take_run(other, wish()));
  loop.run_until([&] { return here->has_value() && there->has_value(); });
  EXPECT_NE((*here)->has_value(), (*there)->has_value());
  EXPECT_EQ(runs().size(), 1u);
  EXPECT_EQ(find().schedule.runs, 1);
  other.close();
}

TEST_F(SchedulesTest, ARunWhoseNodeIsGoneIsAbandonedAndTheScheduleGoesOn) {
  define({hourly});
  auto lost = must(run(take_run(*db, wish())));
  EXPECT_TRUE(must(run(abandon_lapsed_runs(*db, start + 9s))).empty());
  EXPECT_EQ(error_of(run(take_run(*db, by_hand(start + 9s)))), Errc::conflict);
  auto gone = must(run(abandon_lapsed_runs(*db, start + 10s)));
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].id, lost.run.id);
  EXPECT_EQ(gone[0].outcome, RunOutcome::abandoned);
  EXPECT_TRUE(must(run(abandon_lapsed_runs(*db, start + 20s))).empty());
  EXPECT_EQ(find().schedule.failures, 1);
  EXPECT_EQ(error_of(run(renew_run(*db, lost, 10s, start + 11s))), Errc::conflict);
  EXPECT_EQ(error_of(run(end_run(*db, lost, RunOutcome::done, "late", unchanged(), start + 12s))),
            Errc::conflict);
  EXPECT_EQ(find().schedule.last_run->outcome, RunOutcome::abandoned);
  auto next = must(run(take_run(*db, wish(start + 1h, start + 1h))));
  EXPECT_NE(next.run.id, lost.run.id);
}

TEST_F(SchedulesTest, ARunByHandLeavesTheTimesAlone) {
  define({hourly});
  auto taken = must(run(take_run(*db, by_hand(start - 30min))));
  EXPECT_EQ(taken.run.by, to_string(ada));
  EXPECT_EQ(find().schedule.next_run_at, start);
  EXPECT_EQ(error_of(run(take_run(*db, wish()))), Errc::conflict) << "one at a time";
  must(run(end_run(
    *db, taken, RunOutcome::failed, "no", [](auto) { return std::optional{start + 2h}; }, start)));
  EXPECT_EQ(find().schedule.next_run_at, start + 2h);
  EXPECT_EQ(find().schedule.failures, 1);
}

TEST_F(SchedulesTest, PausedMeansNoTimesAndResumedMeansNewOnes) {
  define({hourly});
  must(run(pause_schedule(*db, "jobs.expire", true, {}, start)));
  must(run(pause_schedule(*db, "jobs.expire", true, {}, start)));
  EXPECT_TRUE(find().schedule.paused);
  EXPECT_FALSE(find().schedule.next_run_at);
  EXPECT_EQ(error_of(run(take_run(*db, wish()))), Errc::conflict);
  auto changed = hourly;
  changed.cron = "5 * * * *";
  define({changed});
  EXPECT_FALSE(find().schedule.next_run_at) << "other times do not resume it";
  auto taken = must(run(take_run(*db, by_hand(start + 1s))));
  must(run(end_run(
    *db, taken, RunOutcome::done, "", [](auto) { return std::optional{start}; }, start + 2s)));
  EXPECT_FALSE(find().schedule.next_run_at) << "nor does a run by hand";
  must(run(pause_schedule(*db, "jobs.expire", false, start + 2h, start)));
  must(run(pause_schedule(*db, "jobs.expire", false, start + 9h, start)));
  EXPECT_EQ(find().schedule.next_run_at, start + 2h);
  EXPECT_EQ(error_of(run(pause_schedule(*db, "nothing", true, {}, start))), Errc::not_found);
  EXPECT_EQ(error_of(run(take_run(*db, {"nothing", start, {}, {}, 10s, 3, start}))),
            Errc::not_found);
}

TEST_F(SchedulesTest, OnlyTheLatestRunsAreKeptAndListedInPages) {
  define({hourly});
  for (int i = 0; i < 5; ++i) {
    auto taken = must(run(take_run(*db, by_hand(start + i * 1min))));
    must(
      run(end_run(*db, taken, RunOutcome::done, std::to_string(i), unchanged(), start + i * 1min)));
  }
  auto kept = runs();
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_EQ(kept[0].detail, "4");
  EXPECT_EQ(kept[2].detail, "2");
  EXPECT_EQ(find().schedule.runs, 5);
  ListScheduleRuns query;
  query.name = "jobs.expire";
  query.limit = 2;
  auto page = must(run(list_schedule_runs(*db, query)));
  ASSERT_TRUE(page.next);
  query.cursor = page.next;
  auto rest = must(run(list_schedule_runs(*db, query)));
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_FALSE(rest.next);
  EXPECT_EQ(rest.items[0].id, kept[2].id);
  query.cursor = "x";
  EXPECT_EQ(error_of(run(list_schedule_runs(*db, query))), Errc::invalid);
}

}  // namespace
}  // namespace jobraker
