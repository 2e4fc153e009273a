#include "actors/inspection/under_way.hpp"

#include "actors/applications/core/stuck.hpp"
#include "actors/inspection/inspection.hpp"
#include "actors/system/actor_system.hpp"
#include "storage/applications.hpp"
#include "storage/operation_figures.hpp"
#include "storage/submissions.hpp"
#include "storage/workflows.hpp"
#include "tests/inspection/browser.hpp"
#include "tests/storage/samples.hpp"

// Work that stands still, from its rows to the operator's console.
namespace jobraker::inspection {
namespace {

using namespace std::chrono_literals;
using test::must;

struct UnderWayTest : test::SampleTest {
  IoThreads io{1};
  ActorSystem system{io, ActorSystem::Scheduler::io};
  Inspection inspection{system.registry()};
  Lookout& lookout = inspection.lookout;
  std::shared_ptr<Browser> browser = std::make_shared<Browser>();
  const applications::Schedule schedule{};
  Time present = now();
  Application application{};

  void SetUp() override {
    SampleTest::SetUp();
    if (!db)
      return;
    storage::NewApplication wanted;
    wanted.user = person();
    wanted.company = "Acme";
    wanted.job_title = "Engineer";
    application = must(run(storage::create_application(*db, wanted, present)));
    must(lookout.open(browser, Lookout::Clock::time_point::max()));
  }
  std::vector<Alarm> look() {
    must(run(look_under_way(*db, lookout, schedule)));
    lookout.check_alarms();
    return lookout.alarms();
  }
  /// Waits for the console to be told.
  bool told(std::string_view type, const Alarm& alarm) {
    return browser
      ->find(type,
             [&](json::View frame) {
               return (type == "alarm" ? frame["alarm"]["id"] : frame["id"]).string() == alarm.id;
             })
      .has_value();
  }
  void save(SubmissionPhase phase, bool stale) {
    auto s = must(run(storage::find_submission(*db, application)));
    s.phase = phase;
    s.stale = stale;
    s.run_id = "tsk_1";
    s.heard_at = present - 3h;
    s.wake_at = present;
    must(run(storage::save_submission(*db, s, present)));
  }
};

TEST_F(UnderWayTest, ASilentApplicationIsAnAlarmUntilItIsHeardOf) {
  save(SubmissionPhase::running, false);
  EXPECT_TRUE(look().empty()) << "it is not marked yet";
  save(SubmissionPhase::running, true);
  EXPECT_EQ(must(run(storage::count_stale_submissions(*db))), 1) << "the metric counts the same";
  const auto alarms = look();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].kind, AlarmKind::stale_workflow);
  EXPECT_EQ(alarms[0].path, "/applications/" + to_string(application.id));
  EXPECT_EQ(alarms[0].detail, "nothing is heard of its run; as it is for 0 min");
  EXPECT_TRUE(told("alarm", alarms[0]));
  EXPECT_EQ(look().at(0).id, alarms[0].id) << "it is the same one";
  save(SubmissionPhase::ended, true);
  EXPECT_EQ(must(run(storage::count_stale_submissions(*db))), 0);
  EXPECT_TRUE(look().empty());
  EXPECT_TRUE(told("alarm_over", alarms[0]));
}

TEST_F(UnderWayTest, AKitThatMakesNoStepIsAnAlarmUntilItMakesOne) {
  const auto kit = must(run(storage::start_workflow(
    *db, {application.id, application.user_id, KitStep::analyze_job, TaskId::fresh()},
    present - 2h)));
  const storage::StepOfRun at{kit.id, kit.run, KitStep::analyze_job};
  const auto alarms = look();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].kind, AlarmKind::stale_workflow);
  EXPECT_EQ(alarms[0].path, "/workflows/" + to_string(kit.id));
  EXPECT_EQ(alarms[0].level, AlarmLevel::warning);
  EXPECT_TRUE(told("alarm", alarms[0]));
  must(run(storage::begin_step(*db, at, "{}", present)));
  EXPECT_TRUE(look().empty());
  EXPECT_TRUE(told("alarm_over", alarms[0]));
}

TEST_F(UnderWayTest, WhatWasToldHoldsWhileTheRowsCannotBeRead) {
  save(SubmissionPhase::looking, true);
  ASSERT_EQ(look().size(), 1u);
  sql("ALTER TABLE submissions RENAME TO away");
  EXPECT_FALSE(run(look_under_way(*db, lookout, schedule)));
  lookout.check_alarms();
  EXPECT_EQ(lookout.alarms().size(), 1u);
}

}  // namespace
}  // namespace jobraker::inspection
