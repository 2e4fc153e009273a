// What becomes due by itself.
#include "actors/applications/core/outcome.hpp"
#include "actors/applications/submission_content.hpp"
#include "actors/applications/submission_step.hpp"
#include "messages/json.hpp"
#include "storage/submissions.hpp"
#include "storage/webhook_intake.hpp"

namespace jobraker::applications {
namespace {

net::SkyvernOrder order_for(const Content& content, const Submission& submission) {
  net::SkyvernOrder order;
  order.prompt = prompt_of(content);
  order.url = content.url;
  order.title = title_of(submission);
  order.extraction_schema = output_schema;
  order.error_codes = error_codes();
  return order;
}

/// Why what was approved may not be sent now; empty: it may.
task<Result<std::string>> objection(storage::Session& session, const Standing& standing,
                                    const Content& content) {
  auto consent = co_await storage::hold_consent(session, standing.submission.user);
  if (!consent)
    co_return fail(std::move(consent.error()));
  if (!*consent)
    co_return std::string{"The consent to apply automatically was withdrawn."};
  if (content_hash(content) != standing.submission.approved)
    co_return std::string{changed_since};
  if (auto missing = missing_in(content); !missing.empty())
    co_return "It cannot be sent: " + missing + ".";
  co_return std::string{};
}

Turn turn_of(const storage::Reservation& reservation) {
  Turn turn;
  if (const auto* granted = reservation.granted()) {
    turn.fence = granted->fence;
    turn.must_look_up = granted->must_look_up;
  } else if (const auto* busy = reservation.busy()) {
    turn.answer = Turn::Answer::busy;
    turn.until = busy->until;
  } else {
    turn.answer = Turn::Answer::done;
  }
  return turn;
}

task<Result<Decision>> reserve(storage::Session& session, const ApplicationServices& services,
                               const Standing& standing, bool sent_before, Time now) {
  json::Writer detail;
  detail.begin_object()
    .member("application", std::string_view{to_string(standing.submission.application)})
    .end_object();
  auto reserved = co_await storage::reserve_effect(session, storage::submission_effect,
                                                   storage::submission_key(standing.submission),
                                                   lease(services.schedule), now, detail.text());
  if (!reserved)
    co_return fail(std::move(reserved.error()));
  auto turn = turn_of(*reserved);
  turn.must_look_up = turn.must_look_up || sent_before;
  co_return Decision{take_turn(standing, turn, services.schedule, now), {}, {}, now};
}

/// The turn of a queued one: still wanted as it was approved, at its employer's pace, and with the
/// right to send committed before anybody is called.
task<Result<Decision>> send_queued(storage::Session& session, const ApplicationServices& services,
                                   const Application& application, const Standing& standing) {
  // The turn may have to be waited for; what is sent, that it may be, and what time it is are
  // looked at after that.
  auto turn = co_await storage::lock_turn(session, application.id);
  if (!turn)
    co_return fail(std::move(turn.error()));
  auto now = jobraker::now();
  auto content = co_await load_content(session, application, standing.submission.answers);
  if (!content)
    co_return fail(std::move(content.error()));
  auto why_not = co_await objection(session, standing, *content);
  if (!why_not)
    co_return fail(std::move(why_not.error()));
  if (!why_not->empty()) {
    if (auto ended = co_await storage::end_approval(session, application.id, now); !ended)
      co_return fail(std::move(ended.error()));
    co_return Decision{withdraw_approval(standing, *why_not), {}, {}, now};
  }
  if (auto later = pace(now, turn->next, turn->running, services.in_flight_max))
    co_return Decision{postpone(standing, *later), {}, {}, now};
  auto sent_before = co_await storage::sent_under_another_name(session, application.id);
  if (!sent_before)
    co_return fail(std::move(sent_before.error()));
  auto decision = co_await reserve(session, services, standing, *sent_before, now);
  if (!decision || decision->step.calls.empty())
    co_return decision;
  if (auto given =
        co_await storage::give_turn(session, application.id, now + services.per_employer);
      !given)
    co_return fail(std::move(given.error()));
  decision->order = order_for(*content, decision->step.next.submission);
  co_return decision;
}

/// On a server without a key.
task<Result<Decision>> put_aside(storage::Session& session, const ApplicationServices& services,
                                 const Application& application, const Standing& standing,
                                 Time now) {
  Decision decision{unattended(standing, services.schedule, now), {}, {}};
  bool withdrawn =
    !standing.submission.approved.empty() && decision.step.next.submission.approved.empty();
  if (withdrawn)
    if (auto ended = co_await storage::end_approval(session, application.id, now); !ended)
      co_return fail(std::move(ended.error()));
  co_return decision;
}

}  // namespace

Decide waking(Services& services) {
  const auto* apps = services.applications;
  return [apps](storage::Session& session, const Application& application, const Standing& standing,
                Time now) -> task<Result<Decision>> {
    bool interrupted = standing.submission.phase == SubmissionPhase::creating;
    if (!apps->can_send() && !interrupted)
      co_return co_await put_aside(session, *apps, application, standing, now);
    if (!wants_effect(standing, now))
      co_return Decision{wake(standing, apps->schedule, now), {}, {}};
    if (standing.status == ApplicationStatus::queued && apps->drain->on)
      co_return Decision{postpone(standing, now + std::chrono::seconds{5}), {}, {}};
    if (standing.status == ApplicationStatus::queued)
      co_return co_await send_queued(session, *apps, application, standing);
    co_return co_await reserve(session, *apps, standing, false, now);
  };
}

Decide hearing(Services& services, RunReport report, bool asked) {
  return [schedule = services.applications->schedule, report = std::move(report),
          asked](storage::Session& session, const Application& application,
                 const Standing& standing, Time now) -> task<Result<Decision>> {
    Decision decision{(asked ? answered : reported)(standing, report, schedule, now), {}, {}};
    // Evidence is of our runs only: a title alone does not make one.
    bool ours = decision.step.next.submission.run_id == report.run_id;
    if (!ours) {
      auto whose = co_await storage::application_of_run(session, report.run_id);
      if (!whose)
        co_return fail(std::move(whose.error()));
      ours = *whose == application.id;
    }
    if (ours)
      decision.report = report;
    co_return decision;
  };
}

}  // namespace jobraker::applications
