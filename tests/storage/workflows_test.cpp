#include "storage/applications.hpp"
#include "storage/tasks.hpp"
#include "storage/workflows.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::start;

struct WorkflowsTest : test::SampleTest {
  UserId user{};
  ApplicationId application{};

  void SetUp() override {
    SampleTest::SetUp();
    if (!db)
      return;
    user = person();
    NewApplication wanted;
    wanted.user = user;
    wanted.company = "Acme";
    wanted.job_title = "Engineer";
    application = must(run(create_application(*db, wanted, start))).id;
  }
  Result<Workflow> begin_run(KitStep from = KitStep::analyze_job) {
    return run(start_workflow(*db, {application, user, from, TaskId::fresh()}, start));
  }
  StepOfRun at(const Workflow& w, KitStep step) const { return {w.id, w.run, step}; }
  /// A step from its beginning to its end.
  void pass(const Workflow& w, KitStep step) {
    must(run(begin_step(*db, at(w, step), R"({"asked":1})", start)));
    must(run(finish_step(*db, at(w, step), R"({"n":1})", "gpt", start)));
  }
  void conclude(const Workflow& w, std::string resume = "# R", std::string letter = "Dear") {
    must(run(begin_step(*db, at(w, KitStep::finalize), "{}", start)));
    must(run(conclude_workflow(
      *db, at(w, KitStep::finalize), R"({"documents":2})",
      {{{}, "resume", std::move(resume), 0, {}}, {{}, "cover_letter", std::move(letter), 0, {}}},
      R"({"ok":true})", start)));
  }
  Workflow whole_run(KitStep from = KitStep::analyze_job) {
    auto w = must(begin_run(from));
    for (auto step : kit_steps)
      if (step >= from && step != KitStep::finalize)
        pass(w, step);
    conclude(w);
    return must(run(load_workflow(*db, w.id)));
  }
};

TEST_F(WorkflowsTest, ARunHasFourStepsAndATask) {
  auto w = must(begin_run());
  ASSERT_EQ(w.steps.size(), 4u);
  EXPECT_EQ(w.steps[0].step, KitStep::analyze_job);
  EXPECT_EQ(w.steps[3].step, KitStep::finalize);
  EXPECT_EQ(w.state, WorkflowState::running);
  auto task = must(run(find_task(*db, *w.task)));
  EXPECT_EQ(task.kind, "application_kit");
  EXPECT_EQ(task.total, 4);
  EXPECT_EQ(must(run(unfinished_workflows(*db))), std::vector{w.id});
  EXPECT_EQ(must(run(find_workflow(*db, application))).id, w.id);
}

TEST_F(WorkflowsTest, StepsKeepInputAndOutput) {
  auto w = must(begin_run());
  pass(w, KitStep::analyze_job);
  auto step = must(run(load_workflow(*db, w.id))).steps[0];
  EXPECT_EQ(step.state, KitStepState::done);
  EXPECT_EQ(step.attempts, 1);
  EXPECT_EQ(step.input, R"({"asked": 1})");
  EXPECT_EQ(step.output, R"({"n": 1})");
  EXPECT_EQ(step.model, "gpt");
  EXPECT_TRUE(step.started_at && step.finished_at);
}

TEST_F(WorkflowsTest, AStepBegunAgainAfterACrashIsCounted) {
  auto w = must(begin_run());
  must(run(begin_step(*db, at(w, KitStep::analyze_job), "{}", start)));
  must(run(begin_step(*db, at(w, KitStep::analyze_job), "{}", start)));
  EXPECT_EQ(must(run(load_workflow(*db, w.id))).steps[0].attempts, 2);
}

TEST_F(WorkflowsTest, AnOutputIsWrittenOnce) {
  auto w = must(begin_run());
  auto first = at(w, KitStep::analyze_job);
  EXPECT_EQ(error_of(run(finish_step(*db, first, "{}", "", start))), Errc::conflict)
    << "it was not begun";
  pass(w, KitStep::analyze_job);
  must(run(finish_step(*db, first, R"({"n":2})", "other", start)));
  EXPECT_EQ(must(run(load_workflow(*db, w.id))).steps[0].output, R"({"n": 1})");
  EXPECT_EQ(error_of(run(begin_step(*db, first, "{}", start))), Errc::conflict);
}

TEST_F(WorkflowsTest, TheEndBringsDocumentsAndEndsTheTask) {
  auto w = whole_run();
  EXPECT_EQ(w.state, WorkflowState::done);
  EXPECT_EQ(must(run(find_task(*db, *w.task))).state, TaskState::done);
  EXPECT_TRUE(must(run(unfinished_workflows(*db))).empty());
  auto documents = must(run(application_documents(*db, application)));
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[1].markdown, "# R");
}

TEST_F(WorkflowsTest, AFailedStepEndsTheRunAndTheTask) {
  auto w = must(begin_run());
  must(run(begin_step(*db, at(w, KitStep::analyze_job), "{}", start)));
  must(run(
    fail_step(*db, at(w, KitStep::analyze_job), R"({"detail":"a"})", R"({"detail":"b"})", start)));
  auto after = must(run(load_workflow(*db, w.id)));
  EXPECT_EQ(after.state, WorkflowState::failed);
  EXPECT_EQ(after.steps[0].state, KitStepState::failed);
  EXPECT_EQ(after.steps[0].error, R"({"detail": "a"})");
  EXPECT_EQ(must(run(find_task(*db, *w.task))).error, R"({"detail": "b"})");
  EXPECT_EQ(error_of(run(begin_step(*db, at(w, KitStep::analyze_job), "{}", start))),
            Errc::conflict);
}

TEST_F(WorkflowsTest, OneRunAtATime) {
  must(begin_run());
  EXPECT_EQ(error_of(begin_run()), Errc::conflict);
}

TEST_F(WorkflowsTest, ALaterRunKeepsWhatComesBeforeItsFirstStep) {
  auto before = whole_run();
  auto w = must(begin_run(KitStep::generate_cover_letter));
  EXPECT_EQ(w.id, before.id);
  EXPECT_EQ(w.run, before.run + 1);
  EXPECT_NE(w.task, before.task);
  EXPECT_EQ(w.steps[1].state, KitStepState::done);
  EXPECT_EQ(w.steps[1].output, before.steps[1].output);
  EXPECT_EQ(w.steps[2].state, KitStepState::pending);
  EXPECT_EQ(w.steps[2].output, std::nullopt);
  EXPECT_EQ(must(run(application_documents(*db, application))).size(), 2u)
    << "documents stay until there are new ones";
}

TEST_F(WorkflowsTest, ARunCannotBeginBehindAStepThatIsNotDone) {
  EXPECT_EQ(error_of(begin_run(KitStep::finalize)), Errc::conflict);
  auto w = must(begin_run());
  pass(w, KitStep::analyze_job);
  must(run(begin_step(*db, at(w, KitStep::optimize_resume), "{}", start)));
  must(run(fail_step(*db, at(w, KitStep::optimize_resume), "{}", "{}", start)));
  EXPECT_EQ(error_of(begin_run(KitStep::generate_cover_letter)), Errc::conflict);
  EXPECT_EQ(must(begin_run(KitStep::optimize_resume)).steps[0].state, KitStepState::done);
}

TEST_F(WorkflowsTest, WhatAnEarlierRunStillWritesIsRefused) {
  auto old = whole_run();
  auto w = must(begin_run());
  auto stale = StepOfRun{old.id, old.run, KitStep::analyze_job};
  EXPECT_EQ(error_of(run(begin_step(*db, stale, "{}", start))), Errc::conflict);
  must(run(begin_step(*db, at(w, KitStep::analyze_job), "{}", start)));
  EXPECT_EQ(error_of(run(finish_step(*db, stale, "{}", "", start))), Errc::conflict);
  EXPECT_EQ(error_of(run(fail_step(*db, stale, "{}", "{}", start))), Errc::conflict);
  EXPECT_EQ(error_of(run(conclude_workflow(*db, stale, "{}", {}, "{}", start))), Errc::conflict);
}

TEST_F(WorkflowsTest, AnEndThatCannotBeWrittenLeavesNothing) {
  auto w = must(begin_run());
  for (auto step : {KitStep::analyze_job, KitStep::optimize_resume, KitStep::generate_cover_letter})
    pass(w, step);
  must(run(begin_step(*db, at(w, KitStep::finalize), "{}", start)));
  EXPECT_EQ(error_of(run(conclude_workflow(*db, at(w, KitStep::finalize), "{}",
                                           {{{}, "resume", "# R", 0, {}}, {{}, "photo", "", 0, {}}},
                                           "{}", start))),
            Errc::invalid);
  auto after = must(run(load_workflow(*db, w.id)));
  EXPECT_EQ(after.state, WorkflowState::running);
  EXPECT_EQ(after.steps[3].state, KitStepState::running);
  EXPECT_TRUE(must(run(application_documents(*db, application))).empty());
}

TEST_F(WorkflowsTest, GoWithTheApplication) {
  auto w = whole_run();
  sql("DELETE FROM applications");
  EXPECT_EQ(error_of(run(load_workflow(*db, w.id))), Errc::not_found);
  EXPECT_TRUE(must(run(application_documents(*db, application))).empty());
}

}  // namespace
}  // namespace jobraker
