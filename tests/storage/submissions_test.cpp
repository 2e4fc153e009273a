#include "storage/submissions.hpp"

#include "storage/applications.hpp"
#include "storage/consents.hpp"
#include "storage/job_merges.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;
using test::start;
using Status = ApplicationStatus;

struct SubmissionsTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (db)
      ada = person("ada@example.com");
  }
  Application apply(JobId job, Status status = Status::draft) {
    NewApplication n;
    n.user = ada;
    n.job = job;
    n.status = status;
    return must(run(create_application(*db, n, start)));
  }
  Submission save(const Application& a, SendRight right, std::optional<Time> wake = {}) {
    auto s = must(run(find_submission(*db, a)));
    s.right = right;
    s.wake_at = wake;
    must(run(save_submission(*db, s, start)));
    return s;
  }
  UserId ada{};
};

TEST_F(SubmissionsTest, AreKeptWhole) {
  auto job = add("1");
  auto a = apply(job);
  auto s = must(run(find_submission(*db, a)));
  EXPECT_EQ(s.subject, "job/" + to_string(job));
  EXPECT_EQ(s.user, ada);
  EXPECT_EQ(s.right, SendRight::free);
  s.answers = {{"Salary \"now\"?", "60,000 {€}"}, {"Start?", ""}};
  s.approved = std::string(64, 'a');
  s.approved_at = start;
  s.phase = SubmissionPhase::looking;
  s.right = SendRight::held;
  s.fence = 3;
  s.attempt = 2;
  s.refusals = 4;
  s.look_ups = 5;
  s.polls = 6;
  s.failures = 8;
  s.cancel_wanted = s.in_vain = s.stale = true;
  s.run_id = "tsk_1";
  s.run = RunState::timed_out;
  s.steps = 7;
  s.instructions = "Type the code.";
  s.queued_at = start + 1s;
  s.begun_at = start + 2s;
  s.heard_at = start + 3s;
  s.wake_at = start + 4s;
  must(run(save_submission(*db, s, start)));
  EXPECT_EQ(must(run(find_submission(*db, a))), s);
  auto changed = s;
  changed = Submission{};
  changed.application = s.application;
  changed.user = s.user;
  changed.subject = "job/another";
  must(run(save_submission(*db, changed, start)));
  changed.subject = s.subject;
  EXPECT_EQ(must(run(find_submission(*db, a))), changed) << "what is applied for never changes";
}

TEST_F(SubmissionsTest, KeyIsThePersonAndThePosting) {
  auto job = add("1");
  auto s = must(run(find_submission(*db, apply(job))));
  auto again = s;
  again.application = ApplicationId::fresh();
  EXPECT_EQ(submission_key(s), submission_key(again)) << "not an id that was made up";
  auto other = s;
  other.user = UserId::fresh();
  EXPECT_NE(submission_key(s), submission_key(other));
  NewApplication n;
  n.user = ada;
  n.company = "Globex";
  n.job_title = "Welder";
  auto elsewhere = must(run(create_application(*db, n, start)));
  EXPECT_EQ(must(run(find_submission(*db, elsewhere))).subject,
            "application/" + to_string(elsewhere.id));
  sql("DELETE FROM jobs WHERE id = $1", {job});
}

TEST_F(SubmissionsTest, ApprovalsAreKeptWithTheirEnds) {
  auto a = apply(add("1"));
  must(run(add_approval(*db, a.id, "h1", "d1", {{"A?", "b"}}, start)));
  must(run(add_approval(*db, a.id, "h2", "d2", {}, start + 1s)));
  must(run(end_approval(*db, a.id, start + 2s)));
  must(run(end_approval(*db, a.id, start + 3s)));
  auto rows = sql("SELECT hash, ended_at FROM approvals ORDER BY seq");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].get<Time>(1), start + 1s);
  EXPECT_EQ(rows[1].get<std::string>(0), "h2");
  EXPECT_EQ(rows[1].get<Time>(1), start + 2s);
}

TEST_F(SubmissionsTest, AShorterReportLosesNoEvidence) {
  auto a = apply(add("1"));
  RunReport full;
  full.run_id = "tsk_1";
  full.state = RunState::canceled;
  full.output = R"({"submitted": true})";
  full.failure_reason = "Crashed.";
  full.errors = {{"REACH_MAX_STEPS", "Too \"many\"."}};
  full.recording_url = "https://files.example/r";
  full.screenshot_urls = {"https://files.example/1", "https://files.example/2,3"};
  full.app_url = "https://app.example/tsk_1";
  full.step_count = 9;
  full.finished_at = start;
  must(run(save_run(*db, a.id, 1, full, start)));
  auto expected = full;
  expected.heard_at = start;
  EXPECT_EQ(must(run(application_runs(*db, a.id))), std::vector<RunReport>{expected});
  RunReport brief;
  brief.run_id = "tsk_1";
  brief.state = RunState::completed;
  must(run(save_run(*db, a.id, 1, brief, start + 1s)));
  expected.heard_at = start + 1s;
  expected.state = RunState::completed;
  EXPECT_EQ(must(run(application_runs(*db, a.id))), std::vector<RunReport>{expected});
  // Old news: it has ended since.
  brief.state = RunState::running;
  must(run(save_run(*db, a.id, 1, brief, start + 1s)));
  brief.state = RunState::failed;
  brief.failure_reason = "It was not.";
  must(run(save_run(*db, a.id, 1, brief, start + 2s)));
  EXPECT_EQ(must(run(application_runs(*db, a.id))), std::vector<RunReport>{expected});
  brief.failure_reason.clear();
  brief.state = RunState::completed;
  brief.run_id = "tsk_2";
  must(run(save_run(*db, a.id, 2, brief, start + 2s)));
  EXPECT_EQ(must(run(application_runs(*db, a.id))).front().run_id, "tsk_2");
  EXPECT_EQ(must(run(application_of_run(*db, "tsk_2"))), a.id);
  EXPECT_EQ(must(run(application_of_run(*db, "tsk_3"))), std::nullopt);
  auto b = apply(add("2"));
  must(run(save_run(*db, b.id, 1, full, start + 3s)));
  EXPECT_EQ(must(run(application_of_run(*db, "tsk_1"))), a.id) << "a run is one application's";
  EXPECT_TRUE(must(run(application_runs(*db, b.id))).empty());
}

TEST_F(SubmissionsTest, TheDueComeTheLongestAgoFirst) {
  auto a = apply(add("1"));
  auto b = apply(add("2"));
  auto c = apply(add("3"));
  save(a, SendRight::free, start + 10s);
  save(b, SendRight::free, start + 5s);
  save(c, SendRight::free);
  using Ids = std::vector<ApplicationId>;
  EXPECT_EQ(must(run(due_submissions(*db, start + 5s, 10))), Ids{});
  EXPECT_EQ(must(run(due_submissions(*db, start + 11s, 10))), (Ids{b.id, a.id}));
  EXPECT_EQ(must(run(due_submissions(*db, start + 11s, 1))), Ids{b.id});
}

TEST_F(SubmissionsTest, OneTurnAtATimeForEachEmployer) {
  auto a = apply(add("1"));
  auto b = apply(add("2"));
  auto turn = must(run(lock_turn(*db, a.id)));
  EXPECT_EQ(turn.next, std::nullopt);
  EXPECT_EQ(turn.running, 0);
  must(run(give_turn(*db, a.id, start + 1min)));
  auto s = save(b, SendRight::held);
  s.phase = SubmissionPhase::running;
  must(run(save_submission(*db, s, start)));
  turn = must(run(lock_turn(*db, b.id)));
  EXPECT_EQ(turn.next, start + 1min) << "the same employer";
  EXPECT_EQ(turn.running, 1);
  for (auto change : std::vector<void (*)(Submission&)>{
         [](Submission& x) { x.stale = true; }, [](Submission& x) { x.in_vain = true; },
         [](Submission& x) { x.run = RunState::paused; },
         [](Submission& x) { x.phase = SubmissionPhase::ended; }}) {
    auto waits = s;
    change(waits);
    must(run(save_submission(*db, waits, start)));
    EXPECT_EQ(must(run(lock_turn(*db, b.id))).running, 0);
  }
  NewApplication n;
  n.user = ada;
  n.company = "Globex";
  n.job_title = "Welder";
  auto elsewhere = must(run(create_application(*db, n, start)));
  EXPECT_EQ(must(run(lock_turn(*db, elsewhere.id))).next, std::nullopt);
}

TEST_F(SubmissionsTest, ATurnIsLockedUntilItsTransactionEnds) {
  auto a = apply(add("1"));
  auto b = apply(add("2"));
  std::vector<std::string> order;
  auto give = [&](ApplicationId id, std::string name) -> task<Done> {
    co_return co_await db->transaction([&, id, name](Transaction& inside) -> task<Done> {
      auto turn = co_await lock_turn(inside, id);
      if (!turn)
        co_return fail(std::move(turn.error()));
      order.push_back(name + (turn->next ? " waits" : " goes"));
      co_return co_await give_turn(inside, id, start + 1min);
    });
  };
  auto first = loop.spawn(give(a.id, "a"));
  auto second = loop.spawn(give(b.id, "b"));
  loop.run_until([&] { return first->has_value() && second->has_value(); });
  must(**first);
  must(**second);
  ASSERT_EQ(order.size(), 2u);
  EXPECT_TRUE(order[0].ends_with("goes"));
  EXPECT_TRUE(order[1].ends_with("waits"));
}

TEST_F(SubmissionsTest, WhatWasSentUnderAnotherIdOfThePostingIsKnown) {
  auto one = add("1");
  auto two = add("2");
  auto a = apply(one);
  auto b = apply(two);
  save(a, SendRight::spent);
  EXPECT_FALSE(must(run(sent_under_another_name(*db, b.id))));
  must(run(merge_job(*db, one, two, "the same", start)));
  EXPECT_TRUE(must(run(sent_under_another_name(*db, b.id))));
  EXPECT_FALSE(must(run(sent_under_another_name(*db, a.id)))) << "b was not sent";
  save(a, SendRight::free);
  EXPECT_FALSE(must(run(sent_under_another_name(*db, b.id))));
  ChangeApplication by_hand;
  by_hand.status = Status::submitted;
  must(run(change_application(*db, a.id, ada, by_hand, start)));
  EXPECT_TRUE(must(run(sent_under_another_name(*db, b.id)))) << "by hand counts, too";
  auto bob = person("bob@example.com");
  sql("UPDATE applications SET user_id = $2 WHERE id = $1", {a.id, bob});
  EXPECT_FALSE(must(run(sent_under_another_name(*db, b.id)))) << "another person's";
}

TEST_F(SubmissionsTest, WithdrawnAfterItWasSentCountsAndBeforeItWasSentDoesNot) {
  auto one = add("1");
  auto two = add("2");
  auto a = apply(one);
  auto b = apply(two);
  must(run(merge_job(*db, one, two, "the same", start)));
  save(a, SendRight::free);
  must(run(move_application(*db, a.id, Status::approved, "", start)));
  must(run(move_application(*db, a.id, Status::queued, "", start)));
  must(run(move_application(*db, a.id, Status::withdrawn, "Cancelled.", start)));
  EXPECT_FALSE(must(run(sent_under_another_name(*db, b.id)))) << "nothing was sent";
  save(a, SendRight::held);
  EXPECT_TRUE(must(run(sent_under_another_name(*db, b.id)))) << "its run is still under way";
  save(a, SendRight::spent);
  EXPECT_TRUE(must(run(sent_under_another_name(*db, b.id)))) << "it may have been sent";
  save(a, SendRight::free);
  must(run(move_application(*db, a.id, Status::submitted, "By hand.", start)));
  must(run(move_application(*db, a.id, Status::withdrawn, "", start)));
  EXPECT_TRUE(must(run(sent_under_another_name(*db, b.id)))) << "the timeline remembers";
}

TEST_F(SubmissionsTest, WhatNobodyHearsOfTakesNoPlace) {
  auto waits = apply(add("1"));
  auto dead = apply(add("2"));
  auto s = save(dead, SendRight::held);
  auto running = [&] {
    return must(run(db->transaction([&](Transaction& inside) -> task<Result<std::int64_t>> {
      auto turn = co_await lock_turn(inside, waits.id);
      if (!turn)
        co_return fail(std::move(turn.error()));
      co_return turn->running;
    })));
  };
  for (auto phase : {SubmissionPhase::looking, SubmissionPhase::running}) {
    s.phase = phase;
    s.stale = false;
    must(run(save_submission(*db, s, start)));
    EXPECT_EQ(running(), 1) << name_of(phase);
    s.stale = true;
    must(run(save_submission(*db, s, start)));
    EXPECT_EQ(running(), 0) << name_of(phase);
  }
}

TEST_F(SubmissionsTest, ConsentIsHeldUntilTheTransactionEnds) {
  EXPECT_FALSE(must(run(hold_consent(*db, ada)))) << "never said";
  SetConsents yes;
  yes.auto_apply = true;
  must(run(set_consents(*db, ada, yes)));
  std::vector<std::string> order;
  auto send = [&]() -> task<Done> {
    co_return co_await db->transaction([&](Transaction& inside) -> task<Done> {
      auto held = co_await hold_consent(inside, ada);
      if (!held || !*held)
        co_return fail(Errc::internal, "no consent");
      auto waited = co_await inside.query("SELECT pg_sleep(0.3)");
      if (!waited)
        co_return fail(std::move(waited.error()));
      order.push_back("sent");
      co_return Done{};
    });
  };
  auto take_back = [&]() -> task<Done> {
    // Not before the other one holds it.
    for (bool held = false; !held;) {
      auto rows = co_await db->query(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE "
        "'%pg_sleep(0.3)%' AND pid <> pg_backend_pid() AND datname = current_database())");
      if (!rows)
        co_return fail(std::move(rows.error()));
      held = rows->front().get<bool>(0);
    }
    SetConsents no;
    no.auto_apply = false;
    auto set = co_await set_consents(*db, ada, no);
    if (!set)
      co_return fail(std::move(set.error()));
    order.push_back("taken back");
    co_return Done{};
  };
  auto first = loop.spawn(send());
  auto second = loop.spawn(take_back());
  loop.run_until([&] { return first->has_value() && second->has_value(); });
  must(**first);
  must(**second);
  EXPECT_EQ(order, (std::vector<std::string>{"sent", "taken back"}));
  EXPECT_FALSE(must(run(hold_consent(*db, ada))));
}

TEST_F(SubmissionsTest, OperatorsAreTheAdmins) {
  EXPECT_TRUE(must(run(operators(*db))).empty());
  auto root = person("root@example.com");
  sql("UPDATE users SET role = 'admin' WHERE id = $1", {root});
  EXPECT_EQ(must(run(operators(*db))), std::vector<UserId>{root});
}

TEST_F(SubmissionsTest, TheTimelineRemembersThatItWasSent) {
  auto a = apply(add("1"));
  EXPECT_FALSE(must(run(was_ever_sent(*db, a.id))));
  for (auto status : {Status::submitted, Status::withdrawn}) {
    ChangeApplication by_hand;
    by_hand.status = status;
    must(run(change_application(*db, a.id, ada, by_hand, start)));
  }
  EXPECT_TRUE(must(run(was_ever_sent(*db, a.id))));
}

TEST_F(SubmissionsTest, GoWithTheirPerson) {
  auto a = apply(add("1"));
  save(a, SendRight::held);
  RunReport report;
  report.run_id = "tsk_1";
  must(run(save_run(*db, a.id, 1, report, start)));
  must(run(add_approval(*db, a.id, "h", "d", {}, start)));
  sql("DELETE FROM users WHERE id = $1", {ada});
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM submissions) + (SELECT count(*) FROM approvals) + "
                "(SELECT count(*) FROM submission_runs)")
              .front()
              .get<int>(0),
            0);
}

}  // namespace
}  // namespace jobraker
