#include "actors/applications/submission_step.hpp"

#include <spdlog/spdlog.h>

#include "actors/notifications/push.hpp"
#include "actors/system/pause.hpp"
#include "messages/spans.hpp"
#include "storage/applications.hpp"
#include "storage/databases.hpp"
#include "storage/notifications.hpp"
#include "storage/submissions.hpp"

namespace jobraker::applications {
namespace {

struct Stored {
  Committed committed{};
  std::vector<Notification> told{};
};

std::string_view kind_of(NoticeKind kind) {
  return kind == NoticeKind::input || kind == NoticeKind::look ? notification_kind::needs_input
                                                               : notification_kind::status_change;
}

std::string title_of_notice(const Application& a, NoticeKind kind, ApplicationStatus status) {
  std::string to = "to " + a.company;
  if (kind == NoticeKind::look)
    return "Please look whether your application " + to + " arrived";
  if (kind == NoticeKind::input)
    return "Your application " + to + " needs you";
  if (kind == NoticeKind::silent)
    return "There is no news of your application " + to;
  if (status == ApplicationStatus::submitted)
    return "Your application " + to + " was sent";
  if (status == ApplicationStatus::unknown)
    return "Your application " + to + " may have been sent";
  return "Your application " + to + " could not be sent";
}

/// An attempt of which nothing is heard, for those who look after the server: at most once an hour,
/// whatever the number of applications.
task<Result<std::vector<storage::NewNotification>>> for_operators(storage::Session& session,
                                                                  const Submission& s, Time now) {
  auto ids = co_await storage::operators(session);
  if (!ids)
    co_return fail(std::move(ids.error()));
  auto hour = std::chrono::duration_cast<std::chrono::hours>(now.time_since_epoch()).count();
  std::vector<storage::NewNotification> out;
  for (auto id : *ids) {
    auto& n = out.emplace_back();
    n.user = id;
    n.kind = notification_kind::status_change;
    n.title = "Skyvern has not told of a run for long";
    n.text = "Application " + to_string(s.application) +
             (s.run_id.empty() ? ", whose run is still looked for." : ", run " + s.run_id + ".") +
             " The server's log names all of them (event=application.silent).";
    n.subject_type = "application";
    n.subject_id = to_string(s.application);
    n.dedupe_key = "skyvern-silent/" + std::to_string(hour);
  }
  co_return out;
}

task<Result<std::vector<Notification>>> notify(storage::Session& session, const Application& a,
                                               const Submission& before, const Step& step,
                                               Time now) {
  std::vector<storage::NewNotification> all;
  const auto& after = step.next.submission;
  if (after.stale && !before.stale) {
    auto told = co_await for_operators(session, after, now);
    if (!told)
      co_return fail(std::move(told.error()));
    all = std::move(*told);
  }
  if (step.notice) {
    auto& n = all.emplace_back();
    n.user = a.user_id;
    n.kind = kind_of(step.notice->kind);
    n.title = title_of_notice(a, step.notice->kind, step.next.status);
    n.text = step.notice->text;
    n.subject_type = "application";
    n.subject_id = to_string(a.id);
  }
  if (all.empty())
    co_return std::vector<Notification>{};
  co_return co_await storage::add_notifications(session, std::move(all), now);
}

/// What operators find in the log: attempts nobody hears of, and those nobody waits for any more.
void log_silence(const Submission& before, const Submission& after, ApplicationStatus status) {
  if (after.stale && !before.stale)
    spdlog::warn("event=application.silent id={} run={} failures={}", to_string(after.application),
                 after.run_id, after.failures);
  bool ended = after.phase == SubmissionPhase::ended && before.phase != SubmissionPhase::ended;
  if (ended && status == ApplicationStatus::unknown)
    spdlog::warn("event=application.unknown id={} run={} failures={}", to_string(after.application),
                 after.run_id, after.failures);
}

task<Done> close_effect(storage::Session& session, const Step& step) {
  const auto& s = step.next.submission;
  auto key = storage::submission_key(s);
  if (step.effect == EffectOp::settle)
    co_return co_await storage::settle_effect(session, storage::submission_effect, key, s.fence,
                                              step.outcome);
  if (step.effect == EffectOp::give_back)
    co_return co_await storage::give_back_effect(session, storage::submission_effect, key, s.fence);
  co_return Done{};
}

/// Writes all that a decision brought about; the application's own row and its event come last, as
/// the outbox wants it.
task<Result<Stored>> store(storage::Session& session, const Application& before,
                           const Standing& standing, Decision decision, Time locked_at) {
  // Whoever looks after an application does it for its person.
  if (auto& principal = current_cause().principal; !principal)
    principal = before.user_id;
  const auto& step = decision.step;
  auto now = decision.at.value_or(locked_at);
  Stored out{{before, step.next.submission, step.calls, std::move(decision.order)}, {}};
  if (auto closed = co_await close_effect(session, step); !closed)
    co_return fail(std::move(closed.error()));
  if (step.next.submission != standing.submission)
    if (auto saved = co_await storage::save_submission(session, step.next.submission, now); !saved)
      co_return fail(std::move(saved.error()));
  if (decision.report)
    if (auto kept = co_await storage::save_run(session, before.id, step.next.submission.attempt,
                                               *decision.report, now);
        !kept)
      co_return fail(std::move(kept.error()));
  auto told = co_await notify(session, before, standing.submission, step, now);
  if (!told)
    co_return fail(std::move(told.error()));
  out.told = std::move(*told);
  Result<Application> moved = before;
  if (step.next.status != standing.status)
    moved =
      co_await storage::move_application(session, before.id, step.next.status, step.detail, now);
  else if (!step.detail.empty())
    moved = co_await storage::note_application(session, before.id, step.detail, now);
  if (!moved)
    co_return fail(std::move(moved.error()));
  out.committed.application = std::move(*moved);
  co_return out;
}

/// The submission once nobody holds its lock: a COMMIT that was not answered may still be under
/// way.
task<Result<Submission>> settled_row(Services& services, ApplicationId application) {
  storage::Until session{services.databases.here(),
                         std::chrono::steady_clock::now() + std::chrono::seconds{5}};
  co_return co_await session.transaction(
    [application](storage::Transaction& inside) -> task<Result<Submission>> {
      auto row = co_await storage::lock_application(inside, application, std::nullopt);
      if (!row)
        co_return fail(std::move(row.error()));
      co_return co_await storage::find_submission(inside, *row);
    });
}

/// The commit was not confirmed. When the row has this attempt, begun at this very microsecond, the
/// step was taken, and the call that it is about has certainly not been made. The fence alone does
/// not tell: after a rollback another node takes the same number. Looks until the attempt's lease
/// is over; what is found out late is not sent, but can be queued again.
task<bool> was_committed(Services& services, const Committed& c) {
  auto until = c.submission.begun_at.value_or(now()) + lease(services.applications->schedule);
  do {
    co_await pause(std::chrono::milliseconds{500});
    auto row = co_await settled_row(services, c.application.id);
    if (row)
      co_return row->phase == SubmissionPhase::creating && row->attempt == c.submission.attempt &&
        row->begun_at == c.submission.begun_at && !row->cancel_wanted;
    if (row.error().code == Errc::not_found)
      co_return false;
  } while (now() < until);
  co_return false;
}

/// Whether a transaction whose body came to its end may have been committed, although its COMMIT
/// failed.
bool may_be_committed(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::timed_out;
}

}  // namespace

task<Result<Committed>> take_step(Services& services, Context context, ApplicationId application,
                                  std::optional<UserId> owner, Decide decide) {
  storage::Until session{services.databases.here(), context.deadline};
  std::optional<Stored> last;
  Submission before;
  auto stored =
    co_await session.transaction([&](storage::Transaction& inside) -> task<Result<Stored>> {
      last.reset();
      auto row = co_await storage::lock_application(inside, application, owner);
      if (!row)
        co_return fail(std::move(row.error()));
      auto submission = co_await storage::find_submission(inside, *row);
      if (!submission)
        co_return fail(std::move(submission.error()));
      // Not before the lock: a lease must not be shorter for having been waited for.
      auto at = now();
      before = *submission;
      Standing standing{row->status, std::move(*submission)};
      auto decision = co_await decide(inside, *row, standing, at);
      if (!decision)
        co_return fail(std::move(decision.error()));
      auto written = co_await store(inside, *row, standing, std::move(*decision), at);
      if (written)
        last = *written;
      co_return written;
    });
  if (!stored && may_be_committed(stored.error()) && last && last->committed.order &&
      co_await was_committed(services, last->committed))
    stored = std::move(*last);
  if (!stored)
    co_return fail(std::move(stored.error()));
  log_silence(before, stored->committed.submission, stored->committed.application.status);
  notifications::push(services, stored->told);
  co_return std::move(stored->committed);
}

}  // namespace jobraker::applications
