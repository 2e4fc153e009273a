// What the person asks for, and the turn to be sent.
#include "actors/applications/core/lifecycle.hpp"

#include <charconv>

#include "actors/applications/core/outcome.hpp"
#include "messages/application_moves.hpp"

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;
using Phase = SubmissionPhase;

constexpr std::string_view title_prefix = "Jobraker application ";
constexpr std::string_view attempt_word = " attempt ";

std::string words(Status status) {
  std::string text{name_of(status)};
  for (char& c : text)
    if (c == '_')
      c = ' ';
  return text;
}

/// Nothing is under way and nothing was sent.
bool is_free(const Submission& s) {
  return s.right == SendRight::free && (s.phase == Phase::idle || s.phase == Phase::ended);
}

void enqueue(Standing& next, Time now) {
  next.status = Status::queued;
  next.submission.queued_at = now;
  next.submission.wake_at = now;
}

/// Forgets the last attempt; its run stays among the evidence.
void begin_anew(Submission& s) {
  s.phase = Phase::idle;
  s.attempt = s.refusals = s.look_ups = s.failures = s.polls = s.steps = 0;
  s.cancel_wanted = s.in_vain = s.stale = false;
  s.run_id.clear();
  s.instructions.clear();
  s.run = RunState::created;
  s.begun_at = s.heard_at = std::nullopt;
}

tl::unexpected<Error> sent_or_being_sent(const Standing& standing) {
  return fail(Errc::conflict, standing.submission.right == SendRight::spent
                                ? "it was sent, or may have been: it is not sent a second time"
                                : "it is just being sent");
}

}  // namespace

Result<Step> approve(Standing s, std::string hash, Time now) {
  auto from = s.status;
  bool open = from == Status::draft || from == Status::approved || from == Status::queued ||
              from == Status::failed || from == Status::needs_input;
  if (!open)
    return fail(Errc::conflict, "an application that is " + words(from) + " cannot be approved");
  if (!is_free(s.submission))
    return sent_or_being_sent(s);
  s.submission.approved = std::move(hash);
  s.submission.approved_at = now;
  s.submission.wake_at = now;
  if (from == Status::approved || from == Status::queued)
    return Step{std::move(s), "Approved anew."};
  begin_anew(s.submission);
  s.status = Status::approved;
  return Step{std::move(s), "Approved."};
}

Step withdraw_approval(Standing s, std::string why) {
  Step step{std::move(s)};
  if (step.next.status != Status::queued && step.next.status != Status::approved)
    return step;
  step.next.status = Status::draft;
  step.next.submission.approved.clear();
  step.next.submission.approved_at.reset();
  step.next.submission.wake_at.reset();
  step.detail = why;
  step.notice = Notice{NoticeKind::input, std::move(why)};
  return step;
}

Result<Step> cancel(Standing s, const Schedule& schedule, Time now) {
  Step step{std::move(s)};
  auto& sub = step.next.submission;
  switch (step.next.status) {
  case Status::withdrawn:
    return step;
  case Status::submitted:
  case Status::interviewing:
  case Status::offered:
  case Status::rejected:
    return fail(Errc::conflict, "it has been sent already; set its status to withdrawn instead");
  default:
    break;
  }
  bool under_way = sub.phase == Phase::creating || sub.phase == Phase::running ||
                   (sub.phase == Phase::looking && !sub.in_vain && !sub.stale);
  if (!under_way) {
    // Nobody waits for this run any more, but it may be alive.
    if (sub.phase == Phase::ended && !sub.run_id.empty() && !is_final(sub.run))
      step.calls = {Call::cancel};
    step.next.status = Status::withdrawn;
    step.detail = "Cancelled.";
    // A run that turns up after all is to be stopped.
    sub.cancel_wanted = sub.phase == Phase::looking;
    if (sub.phase == Phase::idle)
      sub.wake_at.reset();
    return step;
  }
  if (!sub.cancel_wanted)
    step.detail = "Cancelling was asked for.";
  sub.cancel_wanted = true;
  if (sub.phase == Phase::running) {
    sub.polls = 0;
    sub.wake_at = now + poll_wait(schedule, 0);
    step.calls = {Call::cancel, Call::get};
  }
  return step;
}

Result<Step> retry(Standing s, const std::string& hash, Time now) {
  if (s.status != Status::failed && s.status != Status::needs_input)
    return fail(Errc::conflict,
                "an application that is " + words(s.status) + " cannot be tried again");
  if (!is_free(s.submission))
    return fail(Errc::conflict,
                s.submission.phase == Phase::running
                  ? "its run is still under way; cancel it first"
                  : "it is not certain that nothing was sent; look at the evidence");
  if (s.submission.approved.empty() || s.submission.approved != hash)
    return fail(Errc::conflict, "what would be sent is not what was approved; approve it again");
  begin_anew(s.submission);
  enqueue(s, now);
  return Step{std::move(s), "To be tried again."};
}

Result<Step> reopen(Standing s) {
  if (s.status != Status::withdrawn)
    return fail(Errc::conflict, "it is not withdrawn");
  if (!is_free(s.submission))
    return sent_or_being_sent(s);
  begin_anew(s.submission);
  s.submission.approved.clear();
  s.submission.approved_at.reset();
  s.submission.wake_at.reset();
  s.status = Status::draft;
  return Step{std::move(s), "Taken up again."};
}

bool wants_effect(const Standing& s, Time now) {
  const auto& sub = s.submission;
  if (!sub.wake_at || *sub.wake_at > now)
    return false;
  return (s.status == Status::queued && sub.phase == Phase::idle) || sub.phase == Phase::creating;
}

Step postpone(Standing s, Time until) {
  s.submission.wake_at = until;
  return Step{std::move(s)};
}

Step take_turn(Standing s, const Turn& turn, const Schedule& schedule, Time now) {
  Step step{std::move(s)};
  auto& sub = step.next.submission;
  if (turn.answer == Turn::Answer::busy) {
    sub.wake_at = turn.until;
    return step;
  }
  bool resumes = sub.phase == Phase::creating;
  if (turn.answer == Turn::Answer::done || (turn.must_look_up && !resumes)) {
    // This application has not begun to send, so this is another of this person's to the same
    // posting, of before.
    if (turn.answer == Turn::Answer::granted) {
      sub.fence = turn.fence;
      step.effect = EffectOp::settle;
      step.outcome = R"({"status":"unknown"})";
    }
    sub.right = SendRight::spent;
    sub.phase = Phase::ended;
    sub.wake_at.reset();
    step.next.status = Status::failed;
    step.detail = "An application to this posting has been sent before.";
    step.notice = Notice{NoticeKind::status, step.detail};
    return step;
  }
  sub.fence = turn.fence;
  sub.right = SendRight::held;
  if (resumes) {
    // Whoever was sending it has not come back; the call may have been made.
    sub.phase = Phase::looking;
    sub.wake_at = now;
    step.next.status = Status::unknown;
    step.detail = "Sending was interrupted; the run is being looked for.";
    return step;
  }
  sub.phase = Phase::creating;
  sub.attempt = turn.fence;
  sub.begun_at = now;
  sub.wake_at = now + lease(schedule);
  step.next.status = Status::submitting;
  step.detail = "Being sent.";
  step.calls = {Call::create};
  return step;
}

bool may_call(const Submission& s, const Schedule& schedule, Time now) {
  return s.begun_at && now <= *s.begun_at + lease(schedule) - schedule.call;
}

std::string search_key(ApplicationId application) { return to_string(application); }

std::string title_of(const Submission& s) {
  return std::string{title_prefix} + search_key(s.application) + std::string{attempt_word} +
         std::to_string(s.attempt);
}

std::optional<Titled> read_title(std::string_view title) {
  if (!title.starts_with(title_prefix))
    return std::nullopt;
  title.remove_prefix(title_prefix.size());
  auto gap = title.find(attempt_word);
  if (gap == std::string_view::npos)
    return std::nullopt;
  auto id = ApplicationId::parse(title.substr(0, gap));
  auto number = title.substr(gap + attempt_word.size());
  Titled out;
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out.attempt);
  if (!id || error != std::errc{} || end != number.data() + number.size() || out.attempt < 1)
    return std::nullopt;
  out.application = *id;
  return out;
}

}  // namespace jobraker::applications
