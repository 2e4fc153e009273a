// What becomes due.
#include "actors/applications/core/lifecycle.hpp"

#include <utility>

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;
using Phase = SubmissionPhase;

/// Withdrawn by hand while its run is under way, and nobody has asked for the run's end yet.
bool to_be_stopped(const Standing& s) {
  return s.status == Status::withdrawn && s.submission.phase == Phase::running &&
         !s.submission.cancel_wanted;
}

/// A cancelled run may turn out completed.
bool may_revive(const Submission& s) {
  return s.phase == Phase::ended && s.run == RunState::canceled && !s.run_id.empty() &&
         s.polls < canceled_polls;
}

void ask_after(Step& step, const Schedule& schedule, Time now) {
  auto& sub = step.next.submission;
  ++sub.polls;
  sub.wake_at = now + poll_wait(schedule, sub.polls);
  step.calls = {Call::get};
  if (sub.phase != Phase::running)
    return;
  if (unwanted(step.next)) {
    sub.cancel_wanted = true;
    step.calls = {Call::cancel, Call::get};
  }
  if (!sub.stale && now - sub.heard_at.value_or(now) >= schedule.stale) {
    sub.stale = true;
    step.detail = "There has been no news of the run for a long time.";
    bool waits = sub.run == RunState::paused;  // its person knows already
    if (!waits && (step.next.status == Status::submitting || step.next.status == Status::unknown))
      step.notice = Notice{NoticeKind::silent, step.detail};
  }
}

}  // namespace

bool unwanted(const Standing& s) {
  return s.submission.cancel_wanted || s.status == Status::withdrawn;
}

Step wake(Standing s, const Schedule& schedule, Time now) {
  Step step{std::move(s)};
  auto& sub = step.next.submission;
  bool due = sub.wake_at && *sub.wake_at <= now;
  if (!due && !to_be_stopped(step.next))
    return step;
  if (step.next.status == Status::approved) {
    step.next.status = Status::queued;
    sub.queued_at = sub.wake_at = now;
    step.detail = "Waits for its turn.";
  } else if (sub.phase == Phase::looking) {
    // Soon again if whoever looks now does not come back.
    sub.wake_at = now + schedule.call + schedule.look_up;
    step.calls = {Call::look_up};
  } else if (sub.phase == Phase::running || may_revive(sub)) {
    ask_after(step, schedule, now);
  } else {
    sub.wake_at.reset();
  }
  return step;
}

Step unattended(Standing s, const Schedule& schedule, Time now) {
  if (s.status == Status::queued || s.status == Status::approved)
    return withdraw_approval(std::move(s),
                             "This server is no longer set up to apply automatically; nothing was "
                             "sent.");
  bool due = s.submission.wake_at && *s.submission.wake_at <= now;
  if (due && s.submission.phase == Phase::looking) {
    auto attempt = s.submission.attempt;
    return not_found(std::move(s), attempt, true, schedule, now);
  }
  auto step = wake(std::move(s), schedule, now);
  bool asked = !std::exchange(step.calls, {}).empty();
  if (!asked || step.next.submission.phase != Phase::running)
    return step;
  auto run_id = step.next.submission.run_id;
  auto after = unread(step.next, run_id, schedule, now);
  if (after.next.submission.phase != Phase::running)
    return after;
  step.next = std::move(after.next);
  return step;
}

}  // namespace jobraker::applications
