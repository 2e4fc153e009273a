#include "actors/applications/core/lifecycle_parts.hpp"

#include "messages/application_moves.hpp"
#include "messages/json.hpp"

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;
using Phase = SubmissionPhase;

std::string outcome_json(const Standing& s) {
  json::Writer w;
  w.begin_object().member("status", name_of(s.status));
  if (!s.submission.run_id.empty())
    w.member("run_id", std::string_view{s.submission.run_id});
  w.end_object();
  return w.text();
}

}  // namespace

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

bool waited_for(Status status) {
  return status == Status::submitting || status == Status::unknown ||
         status == Status::needs_input || status == Status::withdrawn;
}

Milliseconds between(std::optional<Time> since, Time now) {
  return std::chrono::duration_cast<Milliseconds>(now - since.value_or(now));
}

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

bool waits_for_run(const Submission& s, std::int64_t attempt) {
  return attempt > 0 && s.attempt == attempt && s.run_id.empty() && s.phase != Phase::idle;
}

}  // namespace jobraker::applications
