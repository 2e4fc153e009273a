// What is heard of a run, in whatever order.
#include "actors/applications/core/lifecycle.hpp"
#include "actors/applications/core/outcome.hpp"
#include "messages/application_moves.hpp"
#include "messages/json.hpp"

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;
using Phase = SubmissionPhase;

/// Moves the status unless a person has set it by hand meanwhile. That it was sent is the truth,
/// whatever stands there.
bool follow(Standing& s, Status to) {
  bool ours = s.status == Status::submitting || s.status == Status::unknown ||
              s.status == Status::needs_input;
  bool late =
    to == Status::submitted && (s.status == Status::failed || s.status == Status::withdrawn);
  if (!(ours || late) || !may_move(s.status, to))
    return false;
  s.status = to;
  return true;
}

/// Whether the person still waits for the end, and has not said what became of it.
bool waited_for(Status status) {
  return status == Status::submitting || status == Status::unknown ||
         status == Status::needs_input || status == Status::withdrawn;
}

Milliseconds between(std::optional<Time> since, Time now) {
  return std::chrono::duration_cast<Milliseconds>(now - since.value_or(now));
}

std::string outcome_json(const Standing& s) {
  json::Writer w;
  w.begin_object().member("status", name_of(s.status));
  if (!s.submission.run_id.empty())
    w.member("run_id", std::string_view{s.submission.run_id});
  w.end_object();
  return w.text();
}

/// The attempt is over. `certain`: nothing was sent, so another may begin.
void close(Step& step, bool certain) {
  auto& sub = step.next.submission;
  sub.phase = Phase::ended;
  sub.wake_at.reset();
  if (sub.right == SendRight::spent)
    return;
  sub.right = certain ? SendRight::free : SendRight::spent;
  step.effect = certain ? EffectOp::give_back : EffectOp::settle;
  if (!certain)
    step.outcome = outcome_json(step.next);
}

void pause(Step& step, const Outcome& outcome) {
  if (!follow(step.next, Status::needs_input))
    return;
  step.next.submission.instructions = outcome.instructions;
  step.detail = outcome.detail;
  step.notice = Notice{NoticeKind::input, outcome.instructions};
}

void finish(Step& step, const Outcome& outcome, const Schedule& schedule, Time now) {
  auto& sub = step.next.submission;
  if (follow(step.next, outcome.status)) {
    step.detail = outcome.detail;
    bool input = outcome.status == Status::needs_input;
    if (outcome.status != Status::withdrawn)
      step.notice = Notice{input ? NoticeKind::input : NoticeKind::status, outcome.detail};
  }
  sub.instructions = outcome.instructions;
  close(step, outcome.certain);
  // A cancel may have lost the race, which nobody reports but the run itself.
  if (sub.run == RunState::canceled) {
    sub.polls = 0;
    sub.wake_at = now + poll_wait(schedule, 0);
  }
}

/// Nobody will ever tell how the run ended.
void abandon(Step& step, const std::string& why, const Schedule& schedule, Time now) {
  finish(step, {Status::unknown, false, why, {}}, schedule, now);
  if (step.notice)
    step.notice->kind = NoticeKind::look;
  step.detail = why;
}

/// A step of the run that is not old news.
void advance(Step& step, RunReport report, const Schedule& schedule, Time now) {
  auto& sub = step.next.submission;
  // A report that forgets steps which were told proves nothing about what was not done.
  if (sub.steps > report.step_count.value_or(0))
    report.step_count = sub.steps;
  sub.run = report.state;
  sub.heard_at = now;
  sub.stale = false;
  if (is_final(report.state))
    return finish(step, outcome_of(report, unwanted(step.next)), schedule, now);
  if (report.state == RunState::paused)
    return pause(step, outcome_of(report, false));
  if (follow(step.next, Status::submitting)) {
    sub.instructions.clear();
    step.detail = "The run goes on.";
  }
}

void hear(Step& step, const RunReport& report, const Schedule& schedule, Time now) {
  auto& sub = step.next.submission;
  if (sub.phase == Phase::ended && !is_final(report.state))
    return;
  if (report.step_count.value_or(0) > sub.steps) {
    sub.steps = *report.step_count;
    sub.heard_at = now;
    sub.stale = false;
  }
  if (advances(sub.run, report.state))
    advance(step, report, schedule, now);
}

/// Whether this attempt still waits for its run.
bool waits_for_run(const Submission& s, std::int64_t attempt) {
  return attempt > 0 && s.attempt == attempt && s.run_id.empty() && s.phase != Phase::idle;
}

/// Searching goes on, but a person should not wait for it. `mark` is what remembers that.
void ask_to_look(Step& step, bool& mark, std::string why) {
  bool told = step.next.submission.stale;
  auto kind = &mark == &step.next.submission.stale ? NoticeKind::silent : NoticeKind::look;
  mark = true;
  if (!told && waited_for(step.next.status))
    step.notice = Notice{kind, why};
  step.detail = std::move(why);
  if (step.next.submission.cancel_wanted)
    follow(step.next, Status::withdrawn);
}

/// The run was never found.
void stop_looking(Step& step) {
  step.detail = "The run is not looked for any more; nobody knows whether it was sent.";
  if (waited_for(step.next.status))
    step.notice = Notice{NoticeKind::look, step.detail};
  close(step, false);
}

}  // namespace

Step created(Standing s, std::int64_t attempt, const RunReport& report, const Schedule& schedule,
             Time now) {
  if (!waits_for_run(s.submission, attempt))
    return reported(std::move(s), report, schedule, now);
  Step step{std::move(s)};
  auto& sub = step.next.submission;
  sub.run_id = report.run_id;
  sub.run = RunState::created;
  sub.phase = Phase::running;
  sub.in_vain = sub.stale = false;
  sub.failures = sub.polls = 0;
  sub.heard_at = now;
  sub.wake_at = now + poll_wait(schedule, 0);
  if (follow(step.next, Status::submitting))
    step.detail = "The run was found.";
  hear(step, report, schedule, now);
  if (sub.phase == Phase::running && unwanted(step.next))
    step.calls = {Call::cancel, Call::get};
  return step;
}

Step refused(Standing s, std::int64_t attempt, const Refused& refused, const Schedule& schedule,
             Time now) {
  Step step{std::move(s)};
  auto& sub = step.next.submission;
  bool open = sub.phase == Phase::creating || sub.phase == Phase::looking;
  if (!open || !waits_for_run(sub, attempt))
    return step;
  ++sub.refusals;
  bool again = refused.again && sub.refusals < schedule.refusals && !unwanted(step.next);
  auto to = unwanted(step.next) ? Status::withdrawn : again ? Status::queued : Status::failed;
  if (follow(step.next, to))
    step.detail = to == Status::withdrawn ? "Cancelled." : refused.why;
  if (step.next.status == Status::failed)
    step.notice = Notice{NoticeKind::status, refused.why};
  close(step, true);
  sub.attempt = 0;
  sub.look_ups = sub.failures = 0;
  sub.in_vain = sub.stale = false;
  sub.begun_at.reset();
  if (step.next.status == Status::queued) {
    sub.phase = Phase::idle;
    sub.wake_at = now + refusal_wait(sub.refusals, refused.wait);
  }
  return step;
}

Step unanswered(Standing s, std::int64_t attempt, Time now) {
  Step step{std::move(s)};
  auto& sub = step.next.submission;
  if (sub.phase != Phase::creating || !waits_for_run(sub, attempt))
    return step;
  sub.phase = Phase::looking;
  sub.wake_at = now;
  if (follow(step.next, Status::unknown))
    step.detail = "Skyvern did not answer; the run is being looked for.";
  return step;
}

Step not_found(Standing s, std::int64_t attempt, bool failed, const Schedule& schedule, Time now) {
  Step step{std::move(s)};
  auto& sub = step.next.submission;
  if (sub.phase != Phase::looking || !waits_for_run(sub, attempt))
    return step;
  sub.failures = failed ? sub.failures + 1 : 0;
  sub.look_ups += !failed;
  sub.wake_at = now + (sub.in_vain ? std::max(schedule.poll_max, schedule.look_up)
                                   : look_up_wait(schedule, sub.failures));
  auto age = between(sub.begun_at, now);
  bool in_vain = sub.look_ups >= schedule.look_ups;
  if (age >= give_up(schedule) && (in_vain || sub.failures >= schedule.look_ups))
    stop_looking(step);
  else if (in_vain && !sub.in_vain)
    ask_to_look(step, sub.in_vain,
                "The run cannot be found. It may or may not have been sent: please look yourself.");
  else if (failed && age >= schedule.stale && !sub.in_vain && !sub.stale)
    ask_to_look(step, sub.stale,
                "Skyvern has not answered for long. It may or may not have been sent.");
  return step;
}

Step reported(Standing s, const RunReport& report, const Schedule& schedule, Time now) {
  Step step{std::move(s)};
  auto& sub = step.next.submission;
  if (sub.run_id.empty()) {
    auto titled = read_title(report.title);
    if (titled && titled->application == sub.application && waits_for_run(sub, titled->attempt))
      return created(std::move(step.next), titled->attempt, report, schedule, now);
    return step;
  }
  if (report.run_id == sub.run_id)
    hear(step, report, schedule, now);
  return step;
}

Step answered(Standing s, const RunReport& report, const Schedule& schedule, Time now) {
  auto step = reported(std::move(s), report, schedule, now);
  auto& sub = step.next.submission;
  if (sub.phase != Phase::running || sub.run_id != report.run_id)
    return step;
  sub.failures = 0;
  if (sub.run != RunState::paused && between(sub.heard_at, now) >= give_up(schedule))
    abandon(step, "The run has not moved for very long; nobody knows whether it was sent.",
            schedule, now);
  return step;
}

Step unread(Standing s, std::string_view run_id, const Schedule& schedule, Time now) {
  Step step{std::move(s)};
  auto& sub = step.next.submission;
  if (sub.phase != Phase::running || sub.run_id != run_id)
    return step;
  ++sub.failures;
  if (sub.failures >= schedule.look_ups && between(sub.heard_at, now) >= give_up(schedule))
    abandon(step, "Skyvern does not tell how the run ended; it may have been sent.", schedule, now);
  return step;
}

Step vanished(Standing s, std::string_view run_id, const Schedule& schedule, Time now) {
  Step step{std::move(s)};
  const auto& sub = step.next.submission;
  if (sub.phase == Phase::running && sub.run_id == run_id &&
      between(sub.heard_at, now) >= schedule.stale)
    abandon(step, "Skyvern does not know the run any more.", schedule, now);
  return step;
}

}  // namespace jobraker::applications
