#include "actors/applications/auto_apply.hpp"

#include "actors/applications/submission_content.hpp"
#include "storage/applications.hpp"
#include "storage/consents.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"
#include "storage/submissions.hpp"

namespace jobraker::applications {
namespace {

using Status = ApplicationStatus;

task<Done> check_consent(storage::Session& session, UserId user) {
  auto consent = co_await storage::has_consent(session, user, ConsentPurpose::auto_apply);
  if (!consent)
    co_return fail(std::move(consent.error()));
  if (!*consent)
    co_return fail(Errc::forbidden, "applying automatically needs the person's consent auto_apply");
  co_return Done{};
}

/// The posting that an id leads to, itself or the one it was merged into.
task<Result<Job>> open_posting(storage::Session& session, JobId id) {
  auto job = co_await storage::find_job(session, id);
  if (job && job->merged_into)
    job = co_await storage::find_job(session, *job->merged_into);
  if (job && job->status != JobStatus::active)
    co_return fail(Errc::conflict, "this posting is closed");
  co_return job;
}

task<Result<Application>> make_draft(storage::Session& session, UserId user, JobId job,
                                     std::string detail, Time now) {
  storage::NewApplication draft;
  draft.user = user;
  draft.job = job;
  draft.detail = std::move(detail);
  co_return co_await storage::create_application(session, std::move(draft), now);
}

/// Withdrawn before anything was sent, by whomever: a draft again.
task<Result<Application>> take_up_again(storage::Session& session, const Application& application,
                                        Time now) {
  auto locked = co_await storage::lock_application(session, application.id, std::nullopt);
  if (!locked || locked->status != Status::withdrawn)
    co_return locked;
  auto sent = co_await storage::was_ever_sent(session, application.id);
  if (!sent)
    co_return fail(std::move(sent.error()));
  auto submission = co_await storage::find_submission(session, *locked);
  if (!submission)
    co_return fail(std::move(submission.error()));
  auto step = *sent ? fail(Errc::conflict, "you have withdrawn this application")
                    : reopen({locked->status, std::move(*submission)});
  if (!step)
    co_return fail(std::move(step.error()));
  if (auto saved = co_await storage::save_submission(session, step->next.submission, now); !saved)
    co_return fail(std::move(saved.error()));
  co_return co_await storage::move_application(session, application.id, step->next.status,
                                               step->detail, now);
}

task<Done> keep_answers(storage::Session& session, const Application& application,
                        std::vector<FormAnswer> answers, Time now) {
  auto locked = co_await storage::lock_application(session, application.id, std::nullopt);
  if (!locked)
    co_return fail(std::move(locked.error()));
  auto submission = co_await storage::find_submission(session, *locked);
  if (!submission)
    co_return fail(std::move(submission.error()));
  if (submission->answers == answers)
    co_return Done{};
  if (locked->status != Status::draft)
    co_return fail(Errc::conflict, "the answers of an application that is " +
                                     std::string{name_of(locked->status)} +
                                     " change with its approval");
  submission->answers = std::move(answers);
  co_return co_await storage::save_submission(session, *submission, now);
}

task<Result<AutoApplied>> show(storage::Session& session, Application application, bool made) {
  auto view = co_await view_application(session, std::move(application));
  if (!view)
    co_return fail(std::move(view.error()));
  co_return AutoApplied{made, std::move(*view)};
}

/// What an approval or another try has to hold.
task<Result<Content>> content_to_send(storage::Session& session, const Application& application,
                                      std::vector<FormAnswer> answers) {
  if (auto consent = co_await check_consent(session, application.user_id); !consent)
    co_return fail(std::move(consent.error()));
  if (application.job_id)
    if (auto job = co_await open_posting(session, *application.job_id); !job)
      co_return fail(std::move(job.error()));
  auto content = co_await load_content(session, application, std::move(answers));
  if (!content)
    co_return content;
  if (auto missing = missing_in(*content); !missing.empty())
    co_return fail(Errc::unprocessable, missing);
  co_return content;
}

Done can_send(const Services& services) {
  if (services.applications->can_send())
    return {};
  return fail(Errc::unavailable, "this server is not set up to apply automatically");
}

Result<Decision> decided(Result<Step> step) {
  if (!step)
    return fail(std::move(step.error()));
  return Decision{std::move(*step), {}, {}};
}

}  // namespace

task<Result<AutoApplied>> auto_apply(storage::Session& session, UserId user, AutoApplyTo request,
                                     std::string detail, Time now) {
  auto answers = std::move(request.body.answers);
  if (answers)
    if (auto good = check_answers(*answers); !good)
      co_return fail(std::move(good.error()));
  if (auto consent = co_await check_consent(session, user); !consent)
    co_return fail(std::move(consent.error()));
  auto job = co_await open_posting(session, request.job);
  if (!job)
    co_return fail(std::move(job.error()));
  bool made = false;
  auto present = co_await storage::find_application_for(session, user, job->id);
  if (present && !*present) {
    auto draft = co_await make_draft(session, user, job->id, std::move(detail), now);
    made = draft.has_value();
    if (draft)
      present = std::move(*draft);
    else if (draft.error().code == Errc::conflict)  // the same wish at the same time
      present = co_await storage::find_application_for(session, user, job->id);
    else
      co_return fail(std::move(draft.error()));
  }
  if (!present)
    co_return fail(std::move(present.error()));
  if (!*present)
    co_return fail(Errc::conflict, "there is an application for this posting already");
  auto application = std::move(**present);
  if (application.status == Status::withdrawn) {
    auto again = co_await take_up_again(session, application, now);
    if (!again)
      co_return fail(std::move(again.error()));
    application = std::move(*again);
  }
  if (is_manual(application.status))
    co_return fail(Errc::conflict, "you have applied for this job already");
  if (answers)
    if (auto kept = co_await keep_answers(session, application, std::move(*answers), now); !kept)
      co_return fail(std::move(kept.error()));
  co_return co_await show(session, std::move(application), made);
}

task<Result<Approval>> approve_application(Services& services, Context context,
                                           ApplicationId application, ApproveApplication body) {
  if (auto possible = can_send(services); !possible)
    co_return fail(std::move(possible.error()));
  if (body.answers)
    if (auto good = check_answers(*body.answers); !good)
      co_return fail(std::move(good.error()));
  std::string documents;
  auto decide = [&](storage::Session& session, const Application& row, const Standing& standing,
                    Time now) -> task<Result<Decision>> {
    auto answers = body.answers.value_or(standing.submission.answers);
    auto content = co_await content_to_send(session, row, answers);
    if (!content)
      co_return fail(std::move(content.error()));
    auto shown = *content;
    shown.answers = standing.submission.answers;
    if (auto same = check_approval(body, *content, content_hash(shown)); !same)
      co_return fail(std::move(same.error()));
    documents = documents_digest(*content);
    auto hash = content_hash(*content);
    auto decision = decided(approve(standing, hash, now));
    if (!decision)
      co_return decision;
    decision->step.next.submission.answers = answers;
    auto added = co_await storage::add_approval(session, row.id, hash, documents, answers, now);
    if (!added)
      co_return fail(std::move(added.error()));
    co_return decision;
  };
  auto done = co_await take_step(services, context, application, context.principal.user, decide);
  if (!done)
    co_return fail(std::move(done.error()));
  co_return Approval{application, done->application.status, done->submission.approved,
                     std::move(documents), done->submission.approved_at.value_or(Time{})};
}

task<Result<Application>> recheck_approval(Services& services, Context context,
                                           ApplicationId application) {
  auto decide = [](storage::Session& session, const Application& row, const Standing& standing,
                   Time now) -> task<Result<Decision>> {
    bool waits = row.status == Status::approved || row.status == Status::queued;
    if (!waits)
      co_return Decision{Step{standing}, {}, {}};
    auto content = co_await load_content(session, row, standing.submission.answers);
    if (!content)
      co_return fail(std::move(content.error()));
    if (content_hash(*content) == standing.submission.approved)
      co_return Decision{Step{standing}, {}, {}};
    if (auto ended = co_await storage::end_approval(session, row.id, now); !ended)
      co_return fail(std::move(ended.error()));
    co_return Decision{withdraw_approval(standing, std::string{changed_since}), {}, {}};
  };
  auto done = co_await take_step(services, context, application, std::nullopt, decide);
  if (!done)
    co_return fail(std::move(done.error()));
  co_return std::move(done->application);
}

task<Result<ApplicationView>> retry_application(Services& services, Context context,
                                                ApplicationId application) {
  if (auto possible = can_send(services); !possible)
    co_return fail(std::move(possible.error()));
  auto decide = [](storage::Session& session, const Application& row, const Standing& standing,
                   Time now) -> task<Result<Decision>> {
    auto content = co_await content_to_send(session, row, standing.submission.answers);
    if (!content)
      co_return fail(std::move(content.error()));
    co_return decided(retry(standing, content_hash(*content), now));
  };
  auto done = co_await take_step(services, context, application, context.principal.user, decide);
  if (!done)
    co_return fail(std::move(done.error()));
  storage::Until session{services.databases.here(), context.deadline};
  co_return co_await view_application(session, std::move(done->application));
}

task<Result<Committed>> cancel_application(Services& services, Context context,
                                           ApplicationId application) {
  std::optional<UserId> owner = context.principal.user;
  if (context.principal.role == Role::admin)
    owner.reset();
  auto decide = [&](storage::Session&, const Application&, const Standing& standing,
                    Time now) -> task<Result<Decision>> {
    co_return decided(cancel(standing, services.applications->schedule, now));
  };
  co_return co_await take_step(services, context, application, owner, decide);
}

}  // namespace jobraker::applications
