// A run that was not confirmed: there is none, or it is looked for.
#include "actors/applications/core/lifecycle_parts.hpp"

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;
using Phase = SubmissionPhase;

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

}  // namespace jobraker::applications
