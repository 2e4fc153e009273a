// What is heard of a run, in whatever order.
#include "actors/applications/core/lifecycle_parts.hpp"
#include "actors/applications/core/outcome.hpp"

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;
using Phase = SubmissionPhase;

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
