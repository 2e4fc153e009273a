#include "actors/applications/submission_content.hpp"

#include "storage/accounts.hpp"
#include "storage/application_documents.hpp"
#include "storage/profiles.hpp"
#include "storage/submissions.hpp"

namespace jobraker::applications {

task<Result<Content>> load_content(storage::Session& session, const Application& application,
                                   std::vector<FormAnswer> answers) {
  auto stored = co_await storage::application_documents(session, application.id);
  if (!stored)
    co_return fail(std::move(stored.error()));
  std::vector<Document> documents;
  for (auto& d : *stored)
    documents.push_back({std::move(d.kind), "application", std::move(d.markdown), d.version});
  auto profile = co_await storage::find_profile(session, application.user_id);
  if (!profile && profile.error().code != Errc::not_found)
    co_return fail(std::move(profile.error()));
  auto account = co_await storage::find_account(session, application.user_id);
  if (!account)
    co_return fail(std::move(account.error()));
  co_return content_of(application, profile.value_or(Profile{}), account->email,
                       std::move(documents), std::move(answers));
}

task<Result<ApplicationView>> view_application(storage::Session& session, Application application) {
  auto submission = co_await storage::find_submission(session, application);
  if (!submission)
    co_return fail(std::move(submission.error()));
  auto content = co_await load_content(session, application, submission->answers);
  if (!content)
    co_return fail(std::move(content.error()));
  auto runs = co_await storage::application_runs(session, application.id);
  if (!runs)
    co_return fail(std::move(runs.error()));
  ApplicationView view;
  static_cast<Application&>(view) = std::move(application);
  auto& out = view.submission;
  const auto& s = *submission;
  out.documents = sent_documents(*content);
  out.documents_digest = documents_digest(*content);
  out.answers = s.answers;
  out.hash = content_hash(*content);
  if (!s.approved.empty())
    out.approved = s.approved;
  out.approved_at = s.approved_at;
  out.valid = !s.approved.empty() && s.approved == out.hash;
  out.missing = missing_in(*content);
  out.phase = s.phase;
  out.retryable =
    (view.status == ApplicationStatus::failed || view.status == ApplicationStatus::needs_input) &&
    s.right == SendRight::free;
  out.cancel_requested = s.cancel_wanted && s.phase != SubmissionPhase::ended;
  out.instructions = s.instructions;
  out.next_at = s.wake_at;
  out.runs = std::move(*runs);
  co_return view;
}

}  // namespace jobraker::applications
