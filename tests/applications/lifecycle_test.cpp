#include "actors/applications/core/lifecycle.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/application_moves.hpp"

namespace jobraker::applications {
namespace {

using namespace std::chrono_literals;
using Status = ApplicationStatus;
using Phase = SubmissionPhase;

const Time start = *parse_rfc3339("2026-11-20T12:00:00Z");
const Schedule schedule{};

RunReport run(RunState state, std::int64_t steps = 1) {
  RunReport r;
  r.run_id = "tsk_1";
  r.state = state;
  r.step_count = steps;
  return r;
}

Standing fresh() {
  Standing s;
  s.submission.application = ApplicationId::of("one");
  return s;
}

Standing queued() { return wake(approve(fresh(), "h", start)->next, schedule, start).next; }

Standing submitting() {
  return take_turn(queued(), {Turn::Answer::granted, 1, false, {}}, schedule, start).next;
}

Standing running() {
  return created(submitting(), 1, run(RunState::created, 0), schedule, start).next;
}

Standing looking() { return unanswered(submitting(), 1, start).next; }

TEST(Lifecycle, GoesTheStraightWay) {
  auto approved = approve(fresh(), "h", start);
  ASSERT_TRUE(approved);
  EXPECT_EQ(approved->next.status, Status::approved);
  EXPECT_TRUE(approved->calls.empty()) << "nothing is asked of Skyvern before the intent is stored";
  auto in_line = wake(approved->next, schedule, start);
  EXPECT_EQ(in_line.next.status, Status::queued);
  EXPECT_TRUE(wants_effect(in_line.next, start));
  auto turn = take_turn(in_line.next, {Turn::Answer::granted, 1, false, {}}, schedule, start);
  EXPECT_EQ(turn.next.status, Status::submitting);
  EXPECT_EQ(turn.calls, std::vector<Call>{Call::create});
  EXPECT_EQ(turn.next.submission.wake_at, start + 75s);
  auto known = created(turn.next, 1, run(RunState::queued, 0), schedule, start);
  EXPECT_EQ(known.next.status, Status::submitting);
  EXPECT_EQ(known.next.submission.run_id, "tsk_1");
  EXPECT_TRUE(known.calls.empty());
  auto done = reported(known.next, run(RunState::completed), schedule, start + 1min);
  EXPECT_EQ(done.next.status, Status::submitted);
  EXPECT_EQ(done.effect, EffectOp::settle);
  EXPECT_EQ(done.outcome, R"({"status":"submitted","run_id":"tsk_1"})");
  EXPECT_EQ(done.next.submission.wake_at, std::nullopt);
  ASSERT_TRUE(done.notice);
}

TEST(Lifecycle, ALostReplyIsNeverAskedForAgain) {
  auto lost = unanswered(submitting(), 1, start);
  EXPECT_EQ(lost.next.status, Status::unknown);
  EXPECT_EQ(lost.effect, EffectOp::none);
  auto s = lost.next;
  for (int i = 0; i < 5; ++i) {
    auto look = wake(s, schedule, start + i * 20s);
    EXPECT_EQ(look.calls, std::vector<Call>{Call::look_up});
    auto nothing = not_found(look.next, 1, false, schedule, start + i * 20s);
    EXPECT_EQ(nothing.notice.has_value(), i == 4) << "a person must look";
    s = nothing.next;
    EXPECT_EQ(s.status, Status::unknown);
  }
  EXPECT_FALSE(wants_effect(s, start + 1h));
  EXPECT_EQ(wake(s, schedule, start + 1h).calls, std::vector<Call>{Call::look_up})
    << "now and then";
  EXPECT_FALSE(retry(s, "h", start));
  EXPECT_FALSE(approve(s, "h", start));
  auto found = created(s, 1, run(RunState::completed), schedule, start + 2h);
  EXPECT_EQ(found.next.status, Status::submitted);
  auto never = not_found(s, 1, false, schedule, start + 24h);
  EXPECT_EQ(never.effect, EffectOp::settle);
  EXPECT_EQ(never.next.status, Status::unknown);
  EXPECT_EQ(created(never.next, 1, run(RunState::completed), schedule, start + 48h).next.status,
            Status::submitted)
    << "a webhook may still tell";
}

TEST(Lifecycle, WhatWaitsIsADraftAgainWhereNothingCanBeSent) {
  for (const auto& s : {queued(), approve(fresh(), "h", start)->next}) {
    auto step = unattended(s, schedule, start - 1h);
    EXPECT_EQ(step.next.status, Status::draft) << "whether its time has come or not";
    EXPECT_EQ(step.next.submission.approved, "");
    EXPECT_EQ(step.next.submission.wake_at, std::nullopt);
    EXPECT_EQ(step.next.submission.right, SendRight::free);
    EXPECT_TRUE(step.calls.empty());
    EXPECT_FALSE(step.detail.empty());
    ASSERT_TRUE(step.notice);
    EXPECT_EQ(step.notice->kind, NoticeKind::input);
    EXPECT_TRUE(approve(step.next, "h", start)) << "elsewhere, or later";
  }
}

TEST(Lifecycle, WhatIsUnderWayIsToldOfAndGivenUpWithoutACall) {
  auto asked_to_stop = cancel(running(), schedule, start)->next;
  auto withdrawn = running();
  withdrawn.status = Status::withdrawn;
  for (auto s : {running(), looking(), asked_to_stop, withdrawn}) {
    bool searched = s.submission.phase == Phase::looking;
    bool expected = s.status != Status::withdrawn;
    std::vector<NoticeKind> told;
    Time at = start;
    for (int i = 0; i < 1000 && s.submission.wake_at; ++i) {
      at = std::max(at, *s.submission.wake_at);
      auto step = unattended(s, schedule, at);
      EXPECT_TRUE(step.calls.empty());
      EXPECT_FALSE(step.next.submission.wake_at && *step.next.submission.wake_at <= at)
        << "or it is looked at without a rest";
      if (step.notice)
        told.push_back(step.notice->kind);
      s = step.next;
    }
    EXPECT_EQ(s.submission.phase, Phase::ended);
    EXPECT_EQ(s.submission.right, SendRight::spent);
    EXPECT_EQ(s.status, expected ? Status::unknown : Status::withdrawn);
    if (expected || searched)
      EXPECT_EQ(told, (std::vector<NoticeKind>{NoticeKind::silent, NoticeKind::look}));
    EXPECT_GE(at, start + give_up(schedule));
    EXPECT_EQ(reported(s, run(RunState::completed), schedule, at).next.status,
              searched ? Status::unknown : Status::submitted)
      << "news of the run still count";
  }
}

TEST(Lifecycle, WhereNothingCanBeSentNothingThatRestsIsTouched) {
  auto early = unattended(running(), schedule, start);
  EXPECT_EQ(early.next.submission, running().submission);
  auto done = reported(running(), run(RunState::completed), schedule, start).next;
  EXPECT_EQ(unattended(done, schedule, start + 24h).next.submission, done.submission);
  EXPECT_EQ(unattended(fresh(), schedule, start).next.submission, fresh().submission);
  // A cancelled run is asked after a few times; where nobody is asked that ends, too.
  auto s = reported(running(), run(RunState::canceled), schedule, start).next;
  ASSERT_TRUE(s.submission.wake_at);
  for (int i = 0; i < 10 && s.submission.wake_at; ++i) {
    auto step = unattended(s, schedule, *s.submission.wake_at);
    EXPECT_TRUE(step.calls.empty());
    EXPECT_FALSE(step.notice);
    s = step.next;
  }
  EXPECT_EQ(s.submission.wake_at, std::nullopt);
}

TEST(Lifecycle, ALookUpThatFailsProvesNothingAndIsCounted) {
  auto s = looking();
  Time at = start;
  std::vector<Milliseconds> waits;
  std::vector<NoticeKind> told;
  std::vector<Time> when;
  while (s.submission.phase == Phase::looking && waits.size() < 1000) {
    auto step = not_found(s, 1, true, schedule, at);
    if (step.notice) {
      told.push_back(step.notice->kind);
      when.push_back(at);
    }
    s = step.next;
    EXPECT_FALSE(s.submission.in_vain) << "nobody has said that there is no run";
    EXPECT_EQ(s.status, Status::unknown);
    if (s.submission.phase != Phase::looking)
      EXPECT_EQ(step.effect, EffectOp::settle);
    else
      waits.push_back(std::chrono::duration_cast<Milliseconds>(*s.submission.wake_at - at));
    at = s.submission.wake_at.value_or(at);
  }
  EXPECT_EQ(s.submission.phase, Phase::ended);
  EXPECT_TRUE(std::is_sorted(waits.begin(), waits.end()));
  EXPECT_EQ(waits.back(), 600s);
  EXPECT_EQ(told, (std::vector<NoticeKind>{NoticeKind::silent, NoticeKind::look}));
  EXPECT_GE(when.front(), start + schedule.stale);
  EXPECT_GE(when.back(), start + give_up(schedule));
  EXPECT_EQ(created(s, 1, run(RunState::completed), schedule, at + 48h).next.status,
            Status::submitted)
    << "a webhook may still tell";
}

TEST(Lifecycle, AServerThatWasAwayLooksSeveralTimesBeforeItGivesUp) {
  auto s = looking();
  for (int i = 1; i < schedule.look_ups; ++i) {
    s = not_found(s, 1, i % 2 == 0, schedule, start + 48h + i * 1min).next;
    EXPECT_EQ(s.submission.phase, Phase::looking);
  }
  auto r = running();
  for (int i = 1; i < schedule.look_ups; ++i) {
    r = unread(r, "tsk_1", schedule, start + 48h + i * 1min).next;
    EXPECT_EQ(r.submission.phase, Phase::running);
  }
  EXPECT_EQ(unread(r, "tsk_1", schedule, start + 49h).next.submission.phase, Phase::ended);
}

TEST(Lifecycle, ALookUpThatWorksAgainFindsTheRun) {
  auto s = looking();
  for (int i = 0; i < 60; ++i)
    s = not_found(s, 1, true, schedule, start + i * 5min).next;
  EXPECT_TRUE(s.submission.stale) << "and so in nobody's way";
  auto found = created(s, 1, run(RunState::running), schedule, start + 6h).next;
  EXPECT_FALSE(found.submission.stale);
  EXPECT_EQ(found.submission.failures, 0);
  EXPECT_EQ(found.status, Status::submitting);
  EXPECT_EQ(cancel(s, schedule, start + 6h)->next.status, Status::withdrawn)
    << "nobody has to wait for Skyvern to withdraw";
}

TEST(Lifecycle, ARunThatCannotBeReadIsToldOfAndGivenUp) {
  auto s = running();
  Time at = start;
  std::vector<NoticeKind> told;
  int reads = 0;
  while (s.submission.phase == Phase::running && reads < 1000) {
    at = *s.submission.wake_at;
    auto woken = wake(s, schedule, at);
    EXPECT_EQ(woken.calls, std::vector<Call>{Call::get});
    auto failed = unread(woken.next, "tsk_1", schedule, at);
    for (const auto* step : {&woken, &failed})
      if (step->notice) {
        told.push_back(step->notice->kind);
        EXPECT_GE(at, start + (told.size() == 1 ? schedule.stale : give_up(schedule)));
      }
    s = failed.next;
    ++reads;
  }
  EXPECT_EQ(told, (std::vector<NoticeKind>{NoticeKind::silent, NoticeKind::look}));
  EXPECT_EQ(s.status, Status::unknown);
  EXPECT_EQ(s.submission.right, SendRight::spent);
  EXPECT_EQ(s.submission.wake_at, std::nullopt);
  EXPECT_FALSE(retry(s, "h", at));
  EXPECT_FALSE(approve(s, "h", at));
  EXPECT_EQ(unread(s, "tsk_1", schedule, at + 1h).next.submission, s.submission);
  EXPECT_EQ(reported(s, run(RunState::completed), schedule, at + 1h).next.status, Status::submitted)
    << "a webhook may still tell";
  auto stopped = cancel(s, schedule, at);
  EXPECT_EQ(stopped->next.status, Status::withdrawn);
  EXPECT_EQ(stopped->calls, std::vector<Call>{Call::cancel}) << "it may be alive";
}

TEST(Lifecycle, ARunThatNeverMovesIsGivenUpUnlessItWaitsForAPerson) {
  auto stuck = reported(running(), run(RunState::running), schedule, start).next;
  EXPECT_EQ(answered(stuck, run(RunState::running), schedule, start + 23h).next.submission.phase,
            Phase::running);
  auto ended = answered(stuck, run(RunState::running), schedule, start + 25h);
  EXPECT_EQ(ended.next.status, Status::unknown);
  EXPECT_EQ(ended.effect, EffectOp::settle);
  ASSERT_TRUE(ended.notice);
  EXPECT_EQ(answered(stuck, run(RunState::running, 9), schedule, start + 25h).next.status,
            Status::submitting)
    << "it has moved";
  auto paused = reported(stuck, run(RunState::paused), schedule, start).next;
  EXPECT_EQ(answered(paused, run(RunState::paused), schedule, start + 25h).next.submission.phase,
            Phase::running);
  auto replayed = reported(stuck, run(RunState::running), schedule, start + 25h);
  EXPECT_EQ(replayed.next.submission, stuck.submission) << "only Skyvern itself can tell";
}

TEST(Lifecycle, WhatHasEndedOnlyHearsOfEnds) {
  auto gone = vanished(running(), "tsk_1", schedule, start + 3h).next;
  for (auto state : {RunState::queued, RunState::running, RunState::paused, RunState::other}) {
    auto late = reported(gone, run(state, 7), schedule, start + 4h);
    EXPECT_EQ(late.next.status, Status::unknown) << name_of(state);
    EXPECT_EQ(late.next.submission, gone.submission);
    EXPECT_FALSE(late.notice);
  }
  EXPECT_EQ(reported(gone, run(RunState::completed), schedule, start + 4h).next.status,
            Status::submitted);
}

TEST(Lifecycle, AReportThatForgetsStepsProvesNothing) {
  auto s = reported(running(), run(RunState::running, 5), schedule, start).next;
  auto step = reported(s, run(RunState::failed, 0), schedule, start);
  EXPECT_EQ(step.next.status, Status::failed);
  EXPECT_EQ(step.next.submission.right, SendRight::spent) << "five steps were made";
  EXPECT_FALSE(retry(step.next, "h", start));
}

TEST(Lifecycle, TheCallIsOnlyMadeWhileTheLeaseLasts) {
  auto s = submitting().submission;
  EXPECT_TRUE(may_call(s, schedule, start + 15s));
  EXPECT_FALSE(may_call(s, schedule, start + 16s)) << "its answer could come after the lease";
  EXPECT_FALSE(may_call(fresh().submission, schedule, start));
}

TEST(Lifecycle, WhoTakesOverLooksUp) {
  auto s = submitting();
  EXPECT_FALSE(wants_effect(s, start + 74s));
  EXPECT_TRUE(wants_effect(s, start + 75s));
  auto taken = take_turn(s, {Turn::Answer::granted, 2, true, {}}, schedule, start + 75s);
  EXPECT_EQ(taken.next.status, Status::unknown);
  EXPECT_TRUE(taken.calls.empty());
  EXPECT_EQ(taken.next.submission.attempt, 1) << "the call was made under the first fence";
  EXPECT_EQ(wake(taken.next, schedule, start + 75s).calls, std::vector<Call>{Call::look_up});
  EXPECT_EQ(created(taken.next, 1, run(RunState::running), schedule, start + 80s).next.status,
            Status::submitting)
    << "the late reply is true all the same";
  EXPECT_EQ(refused(taken.next, 1, {true, {}, "busy"}, schedule, start + 80s).next.status,
            Status::queued);
}

TEST(Lifecycle, ARefusalIsTriedAgainLaterAndNotForEver) {
  auto first = refused(submitting(), 1, {true, std::nullopt, "busy"}, schedule, start);
  EXPECT_EQ(first.next.status, Status::queued);
  EXPECT_EQ(first.effect, EffectOp::give_back);
  EXPECT_EQ(first.next.submission.wake_at, start + 5s);
  EXPECT_EQ(refused(submitting(), 1, {true, 90s, "busy"}, schedule, start).next.submission.wake_at,
            start + 90s);
  auto s = first.next;
  std::int64_t fence = 1;
  while (s.status == Status::queued && fence < 50) {
    s = take_turn(s, {Turn::Answer::granted, ++fence, false, {}}, schedule, start).next;
    s = refused(s, fence, {true, std::nullopt, "busy"}, schedule, start).next;
  }
  EXPECT_EQ(s.status, Status::failed);
  EXPECT_EQ(fence, schedule.refusals);
  EXPECT_TRUE(retry(s, "h", start)) << "certainly nothing was sent";
  auto final = refused(submitting(), 1, {false, {}, "the address is blocked"}, schedule, start);
  EXPECT_EQ(final.next.status, Status::failed);
  EXPECT_EQ(final.detail, "the address is blocked");
}

TEST(Lifecycle, RetryOnlyWhereCertainlyNothingWasSent) {
  struct Case {
    RunReport report;
    bool possible;
  };
  auto closed = run(RunState::terminated, 5);
  closed.errors = {{"missing_information", "Which salary?"}};
  for (const auto& c :
       {Case{run(RunState::failed, 3), false}, Case{run(RunState::failed, 0), true},
        Case{closed, true}, Case{run(RunState::canceled, 0), false},
        Case{run(RunState::completed), false}, Case{run(RunState::paused), false}}) {
    auto s = reported(running(), c.report, schedule, start).next;
    auto again = retry(s, "h", start);
    EXPECT_EQ(again.has_value(), c.possible) << name_of(c.report.state);
    EXPECT_EQ(approve(s, "h2", start).has_value(), c.possible);
    if (again) {
      EXPECT_EQ(again->next.status, Status::queued);
      EXPECT_EQ(again->next.submission.run_id, "");
      EXPECT_FALSE(retry(s, "other", start)) << "it is not what was approved";
    }
  }
  for (auto status : {Status::draft, Status::approved, Status::queued, Status::submitting,
                      Status::submitted, Status::withdrawn, Status::unknown}) {
    auto s = fresh();
    s.status = status;
    s.submission.approved = "h";
    EXPECT_FALSE(retry(s, "h", start)) << name_of(status);
  }
}

TEST(Lifecycle, CancelStopsWhatHasNotBegunAndAsksForTheRest) {
  for (auto s : {fresh(), approve(fresh(), "h", start)->next, queued()}) {
    auto step = cancel(s, schedule, start);
    ASSERT_TRUE(step);
    EXPECT_EQ(step->next.status, Status::withdrawn);
    EXPECT_TRUE(step->calls.empty());
    EXPECT_EQ(step->next.submission.wake_at, std::nullopt);
    EXPECT_EQ(reopen(step->next)->next.status, Status::draft);
  }
  auto asked = cancel(running(), schedule, start);
  EXPECT_EQ(asked->next.status, Status::submitting);
  EXPECT_EQ(asked->calls, (std::vector<Call>{Call::cancel, Call::get}));
  auto stopped = reported(asked->next, run(RunState::canceled, 0), schedule, start);
  EXPECT_EQ(stopped.next.status, Status::withdrawn);
  EXPECT_FALSE(reopen(stopped.next)) << "it may turn out completed";
  EXPECT_EQ(reported(stopped.next, run(RunState::completed), schedule, start).next.status,
            Status::submitted)
    << "the cancel came too late";
  auto early = cancel(submitting(), schedule, start);
  EXPECT_TRUE(early->calls.empty()) << "there is no run to stop yet";
  EXPECT_EQ(created(early->next, 1, run(RunState::created, 0), schedule, start).calls,
            (std::vector<Call>{Call::cancel, Call::get}));
  EXPECT_EQ(refused(early->next, 1, {true, {}, "busy"}, schedule, start).next.status,
            Status::withdrawn);
  auto sent = reported(running(), run(RunState::completed), schedule, start).next;
  EXPECT_FALSE(cancel(sent, schedule, start));
  EXPECT_TRUE(cancel(cancel(queued(), schedule, start)->next, schedule, start)) << "twice is once";
}

TEST(Lifecycle, APauseAsksThePersonAndGoesOn) {
  auto report = run(RunState::paused, 3);
  report.output = R"({"instructions":"Type the code."})";
  auto step = reported(running(), report, schedule, start);
  EXPECT_EQ(step.next.status, Status::needs_input);
  EXPECT_EQ(step.next.submission.instructions, "Type the code.");
  EXPECT_EQ(step.next.submission.phase, Phase::running) << "it is still asked after";
  ASSERT_TRUE(step.notice);
  EXPECT_EQ(step.notice->kind, NoticeKind::input);
  auto on = reported(step.next, run(RunState::running, 4), schedule, start);
  EXPECT_EQ(on.next.status, Status::submitting);
  EXPECT_EQ(on.next.submission.instructions, "");
}

TEST(Lifecycle, OldAndStrangeNewsChangeNothing) {
  auto done = reported(running(), run(RunState::completed, 5), schedule, start).next;
  for (auto state : {RunState::created, RunState::running, RunState::failed, RunState::completed,
                     RunState::canceled, RunState::paused})
    EXPECT_EQ(reported(done, run(state), schedule, start + 1h).next.submission, done.submission);
  auto other = run(RunState::completed);
  other.run_id = "tsk_2";
  EXPECT_EQ(reported(running(), other, schedule, start).next.status, Status::submitting);
  EXPECT_EQ(reported(queued(), other, schedule, start).next.status, Status::queued);
  EXPECT_EQ(reported(looking(), other, schedule, start).next.status, Status::unknown)
    << "without our title nobody knows whose run it is";
  auto stranger = looking().submission;
  stranger.application = ApplicationId::of("two");
  other.title = title_of(stranger);
  EXPECT_EQ(reported(looking(), other, schedule, start).next.status, Status::unknown);
  other.title = title_of(looking().submission);
  EXPECT_EQ(reported(looking(), other, schedule, start).next.status, Status::submitted);
  EXPECT_EQ(unanswered(running(), 1, start).next.status, Status::submitting);
  EXPECT_EQ(refused(running(), 1, {false, {}, "no"}, schedule, start).effect, EffectOp::none);
  EXPECT_EQ(not_found(running(), 1, false, schedule, start).next.submission, running().submission);
  EXPECT_EQ(created(looking(), 2, run(RunState::running), schedule, start).next.submission,
            looking().submission);
}

TEST(Lifecycle, WhatAPersonSetByHandStays) {
  auto s = looking();
  s.status = Status::interviewing;
  auto found = created(s, 1, run(RunState::running), schedule, start);
  EXPECT_EQ(found.next.status, Status::interviewing);
  auto ended = reported(found.next, run(RunState::failed, 9), schedule, start);
  EXPECT_EQ(ended.next.status, Status::interviewing);
  EXPECT_EQ(ended.effect, EffectOp::settle);
  EXPECT_FALSE(ended.notice);
  s.status = Status::withdrawn;
  EXPECT_EQ(created(s, 1, run(RunState::running), schedule, start).calls,
            (std::vector<Call>{Call::cancel, Call::get}))
    << "who withdraws does not want the run";
  auto withdrawn = running();
  withdrawn.status = Status::withdrawn;
  auto stopped = wake(withdrawn, schedule, start);
  EXPECT_EQ(stopped.calls, (std::vector<Call>{Call::cancel, Call::get})) << "before it is due";
  EXPECT_TRUE(wake(stopped.next, schedule, start).calls.empty()) << "and not all the time";
}

TEST(Lifecycle, PollsEverLaterAndSaysOnceThatARunIsStale) {
  auto s = running();
  Time at = start;
  std::vector<std::chrono::seconds> waits;
  int said = 0;
  for (int i = 0; i < 40; ++i) {
    auto due = *s.submission.wake_at;
    waits.push_back(std::chrono::duration_cast<std::chrono::seconds>(due - at));
    at = due;
    auto step = wake(s, schedule, at);
    EXPECT_EQ(step.calls, std::vector<Call>{Call::get});
    said += !step.detail.empty();
    s = step.next;
  }
  EXPECT_EQ(waits.front(), 30s);
  EXPECT_EQ(waits.back(), 600s);
  EXPECT_TRUE(std::is_sorted(waits.begin(), waits.end()));
  EXPECT_EQ(said, 1);
  EXPECT_FALSE(reported(s, run(RunState::running, 7), schedule, at).next.submission.stale);
}

TEST(Lifecycle, ARunThatSkyvernHasForgottenIsUnknownAfterAWhile) {
  auto s = running();
  EXPECT_EQ(vanished(s, "tsk_1", schedule, start + 1h).next.submission, s.submission)
    << "it may be a hiccup";
  EXPECT_EQ(vanished(s, "tsk_2", schedule, start + 3h).next.submission, s.submission);
  auto gone = vanished(s, "tsk_1", schedule, start + 3h);
  EXPECT_EQ(gone.next.status, Status::unknown);
  EXPECT_EQ(gone.effect, EffectOp::settle);
  EXPECT_TRUE(gone.notice);
  EXPECT_EQ(vanished(gone.next, "tsk_1", schedule, start + 4h).effect, EffectOp::none);
}

TEST(Lifecycle, AnApprovalIsOfExactlyThis) {
  auto voided = withdraw_approval(queued(), "The documents have changed.");
  EXPECT_EQ(voided.next.status, Status::draft);
  EXPECT_EQ(voided.next.submission.approved, "");
  EXPECT_FALSE(wants_effect(voided.next, start + 1h));
  EXPECT_EQ(approve(queued(), "other", start)->next.submission.approved, "other");
  EXPECT_FALSE(approve(submitting(), "h", start));
  EXPECT_FALSE(approve(looking(), "h", start));
}

TEST(Lifecycle, WhatWasSentBeforeIsNotSentAgain) {
  auto step = take_turn(queued(), {Turn::Answer::done, 0, false, {}}, schedule, start);
  EXPECT_EQ(step.next.status, Status::failed);
  EXPECT_TRUE(step.calls.empty());
  EXPECT_FALSE(retry(step.next, "h", start));
  auto doubtful = take_turn(queued(), {Turn::Answer::granted, 4, true, {}}, schedule, start);
  EXPECT_EQ(doubtful.next.status, Status::failed);
  EXPECT_EQ(doubtful.effect, EffectOp::settle);
  auto busy = take_turn(queued(), {Turn::Answer::busy, 0, false, start + 9s}, schedule, start);
  EXPECT_EQ(busy.next.status, Status::queued);
  EXPECT_EQ(busy.next.submission.wake_at, start + 9s);
}

TEST(Lifecycle, TitlesNameTheAttempt) {
  Submission s;
  s.application = ApplicationId::of("one");
  s.attempt = 12;
  auto title = title_of(s);
  EXPECT_NE(title.find(search_key(s.application)), std::string::npos);
  EXPECT_EQ(read_title(title), (Titled{s.application, 12}));
  for (auto bad : {std::string{}, std::string{"Jobraker application"}, title + "0x", title + " ",
                   title.substr(0, title.size() - 2), "x" + title,
                   std::string{"Jobraker application nobody attempt 1"}})
    EXPECT_FALSE(read_title(bad)) << bad;
}

TEST(Moves, LeadFromEveryStatusSomewhere) {
  for (auto from : {Status::draft, Status::approved, Status::queued, Status::submitting,
                    Status::submitted, Status::needs_input, Status::unknown, Status::failed,
                    Status::interviewing, Status::offered, Status::rejected, Status::withdrawn}) {
    int ways = 0;
    for (std::size_t to = 0; to < std::size(enum_names<Status>); ++to)
      ways += may_move(from, static_cast<Status>(to));
    EXPECT_GT(ways, 0) << name_of(from);
    if (from != Status::queued)
      EXPECT_EQ(may_move(from, Status::submitting),
                from == Status::unknown || from == Status::needs_input)
        << "only runs that were begun go on: " << name_of(from);
  }
}

TEST(Pace, IsOfTheEmployerAndOfEverybody) {
  EXPECT_EQ(pace(start, std::nullopt, 0, 5), std::nullopt);
  EXPECT_EQ(pace(start, start, 4, 5), std::nullopt);
  EXPECT_EQ(pace(start, start + 3s, 0, 5), start + 3s);
  EXPECT_GT(pace(start, std::nullopt, 5, 5), start);
}

}  // namespace
}  // namespace jobraker::applications
