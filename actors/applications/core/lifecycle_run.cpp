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

/// A step of the run that is not old news.
void advance(Step& step, const RunReport& report, const Schedule& schedule, Time now) {
  auto& sub = step.next.submission;
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
  sub.in_vain = false;
  sub.polls = 0;
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
  sub.look_ups = 0;
  sub.in_vain = false;
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
  if (!failed)
    ++sub.look_ups;
  sub.wake_at =
    now + (sub.in_vain ? std::max(schedule.poll_max, schedule.look_up) : schedule.look_up);
  if (!sub.in_vain && sub.look_ups >= schedule.look_ups) {
    sub.in_vain = true;
    step.detail =
      "The run cannot be found. It may or may not have been sent: please look yourself.";
    step.notice = Notice{NoticeKind::look, step.detail};
    if (sub.cancel_wanted)
      follow(step.next, Status::withdrawn);
  }
  if (now - sub.begun_at.value_or(now) >= look_up_end)
    close(step, false);
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

Step vanished(Standing s, std::string_view run_id, const Schedule& schedule, Time now) {
  Step step{std::move(s)};
  const auto& sub = step.next.submission;
  if (sub.phase == Phase::running && sub.run_id == run_id &&
      now - sub.heard_at.value_or(now) >= schedule.stale)
    finish(step, {Status::unknown, false, "Skyvern does not know the run any more.", {}}, schedule,
           now);
  return step;
}

}  // namespace jobraker::applications
