#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/applications.hpp"

/// The sending of applications through Skyvern, a service that fills in forms in a browser.
namespace jobraker {

/// How far an attempt to send is; beside the application's status, which people can set by hand.
enum class SubmissionPhase : std::uint8_t {
  idle,      ///< nothing has been begun
  creating,  ///< the intent is committed; the call that starts the run may be under way
  looking,   ///< that call was not answered: the run is looked for
  running,   ///< the run is known
  ended,
};
template <>
inline constexpr std::string_view enum_names<SubmissionPhase>[] = {"idle", "creating", "looking",
                                                                   "running", "ended"};

/// Whether an application may (still) be sent; mirrors the state of its effect.
enum class SendRight : std::uint8_t {
  free,   ///< certainly nothing has been sent and nothing is under way
  held,   ///< an attempt has it
  spent,  ///< it was sent or may have been: never again
};
template <>
inline constexpr std::string_view enum_names<SendRight>[] = {"free", "held", "spent"};

/// Where a run of Skyvern's stands; the order and the words are Skyvern's.
enum class RunState : std::uint8_t {
  created,
  queued,
  running,
  paused,  ///< waits for a person
  completed,
  failed,      ///< trouble of Skyvern's own
  terminated,  ///< the agent found that the goal cannot be reached
  timed_out,
  canceled,
  other,  ///< a word of a later version
};
template <>
inline constexpr std::string_view enum_names<RunState>[] = {
  "created", "queued",     "running",   "paused",   "completed",
  "failed",  "terminated", "timed_out", "canceled", "other"};

/// A question of the employer's form and what the person answers.
struct FormAnswer {
  static constexpr auto type_name = "FormAnswer";
  std::string question{};
  std::string answer{};
  bool operator==(const FormAnswer&) const = default;
  static constexpr auto fields() {
    return std::tuple{
      field("question", &FormAnswer::question, {.max_length = 500, .min_length = 1}),
      field("answer", &FormAnswer::answer, {.max_length = 4000})};
  }
};

/// All that is remembered of the sending of one application.
struct Submission {
  ApplicationId application{};
  UserId user{};
  std::string subject{};  ///< what is applied for, `job/<id>` or `application/<id>`; never changes
  std::vector<FormAnswer> answers{};
  std::string approved{};  ///< hash of what the person has approved; empty: nothing
  std::optional<Time> approved_at{};
  SubmissionPhase phase = SubmissionPhase::idle;
  SendRight right = SendRight::free;
  std::int64_t fence = 0;      ///< of the effect's latest reservation
  std::int64_t attempt = 0;    ///< the fence under which the run was asked for; 0: none was
  std::int64_t refusals = 0;   ///< of Skyvern's to start a run, in a row
  std::int64_t look_ups = 0;   ///< for the run, in vain
  std::int64_t failures = 0;   ///< look-ups and reads of the run that got no answer, in a row
  std::int64_t polls = 0;      ///< of the run
  bool cancel_wanted = false;  ///< by the person, while an attempt was under way
  bool in_vain = false;        ///< the run was looked for often enough; a person must look
  bool stale = false;          ///< no news for too long; people have been told
  std::string run_id{};        ///< Skyvern's; empty: not known
  RunState run = RunState::created;
  std::int64_t steps = 0;      ///< of the run, as far as told
  std::string instructions{};  ///< what a person has to do
  std::optional<Time> queued_at{};
  std::optional<Time> begun_at{};  ///< of the attempt
  std::optional<Time> heard_at{};  ///< latest news of the run
  std::optional<Time> wake_at{};   ///< when somebody has to look at it next
  bool operator==(const Submission&) const = default;
};

/// Why a run failed: a code that we asked for, or Skyvern's own.
struct RunFault {
  static constexpr auto type_name = "RunFault";
  std::string code{};
  std::string reasoning{};
  bool operator==(const RunFault&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("code", &RunFault::code), field("reasoning", &RunFault::reasoning)};
  }
};

/// A run as Skyvern reported it, and what it left behind. Addresses are signed by Skyvern and
/// expire after about a day.
struct RunReport {
  static constexpr auto type_name = "RunReport";
  std::string run_id{};
  RunState state = RunState::created;
  std::string title{};   ///< empty when not told
  std::string output{};  ///< JSON; empty: none
  std::string failure_reason{};
  std::vector<RunFault> errors{};
  std::string recording_url{};
  std::vector<std::string> screenshot_urls{};
  std::string app_url{};  ///< the run on Skyvern's own pages
  std::optional<std::int64_t> step_count{};
  std::optional<Time> finished_at{};
  std::optional<Time> heard_at{};  ///< when we were told, once it is stored
  bool operator==(const RunReport&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("run_id", &RunReport::run_id),
                      field("state", &RunReport::state),
                      field("failure_reason", &RunReport::failure_reason),
                      field("errors", &RunReport::errors),
                      field("recording_url", &RunReport::recording_url),
                      field("screenshot_urls", &RunReport::screenshot_urls),
                      field("app_url", &RunReport::app_url),
                      field("step_count", &RunReport::step_count),
                      field("finished_at", &RunReport::finished_at),
                      field("heard_at", &RunReport::heard_at)};
  }
};

/// A document that goes along.
struct SentDocument {
  static constexpr auto type_name = "SentDocument";
  std::string kind{};  ///< `resume` or `cover_letter`
  std::string from{};  ///< `application` (its own document) or `profile`
  std::string digest{};
  std::int64_t version = 0;  ///< of the document, or of the profile
  bool operator==(const SentDocument&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("kind", &SentDocument::kind), field("from", &SentDocument::from),
                      field("digest", &SentDocument::digest),
                      field("version", &SentDocument::version)};
  }
};

/// What would be sent, what was approved, and what came of it.
struct SubmissionView {
  static constexpr auto type_name = "SubmissionView";
  std::vector<SentDocument> documents{};
  std::string documents_digest{};  ///< of all that goes out and where to, without the answers
  std::vector<FormAnswer> answers{};
  std::string hash{};  ///< of everything that would be sent now
  std::optional<std::string> approved{};
  std::optional<Time> approved_at{};
  bool valid = false;     ///< what was approved is what would be sent
  std::string missing{};  ///< what stands in the way of sending, in words; empty: nothing
  SubmissionPhase phase = SubmissionPhase::idle;
  bool retryable = false;         ///< certainly nothing was sent, so /retry is possible
  bool cancel_requested = false;  ///< while a run is under way
  std::string instructions{};
  std::optional<Time> next_at{};  ///< when it is looked at next
  std::vector<RunReport> runs{};  ///< the evidence: the latest first
  static constexpr auto fields() {
    return std::tuple{field("documents", &SubmissionView::documents),
                      field("documents_digest", &SubmissionView::documents_digest),
                      field("answers", &SubmissionView::answers),
                      field("hash", &SubmissionView::hash),
                      field("approved", &SubmissionView::approved),
                      field("approved_at", &SubmissionView::approved_at),
                      field("valid", &SubmissionView::valid),
                      field("missing", &SubmissionView::missing),
                      field("phase", &SubmissionView::phase),
                      field("retryable", &SubmissionView::retryable),
                      field("cancel_requested", &SubmissionView::cancel_requested),
                      field("instructions", &SubmissionView::instructions),
                      field("next_at", &SubmissionView::next_at),
                      field("runs", &SubmissionView::runs)};
  }
};

/// An application with its sending.
struct ApplicationView : Application {
  static constexpr auto type_name = "ApplicationView";
  SubmissionView submission{};
  static constexpr auto fields() {
    return std::tuple_cat(Application::fields(),
                          std::tuple{field("submission", &ApplicationView::submission)});
  }
};

/// The body of `POST /jobs/{id}/auto-apply`.
struct AutoApply {
  static constexpr auto type_name = "AutoApply";
  std::optional<std::vector<FormAnswer>> answers{};  ///< to what the form is known to ask
  static constexpr auto fields() {
    return std::tuple{field("answers", &AutoApply::answers, {.max_items = 50})};
  }
};

/// Prepares the application of the caller to this posting: a draft to be approved. The one there is
/// when it is not over yet.
struct AutoApplyTo {
  static constexpr auto type_name = "AutoApplyTo";
  JobId job{};
  AutoApply body{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// The application that auto-apply leads to.
struct AutoApplied {
  static constexpr auto type_name = "AutoApplied";
  bool made = false;  ///< now, not before
  ApplicationView application{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// The body of `POST /applications/{id}/approve`: send exactly this. One of two: the `hash` that
/// the person was shown, or its `documents_digest` with the answers in full.
struct ApproveApplication {
  static constexpr auto type_name = "ApproveApplication";
  std::optional<std::string> hash{};                 ///< SubmissionView::hash
  std::optional<std::string> documents_digest{};     ///< SubmissionView::documents_digest
  std::optional<std::vector<FormAnswer>> answers{};  ///< left out: those shown
  static constexpr auto fields() {
    return std::tuple{
      field("hash", &ApproveApplication::hash, {.max_length = 64, .min_length = 64}),
      field("documents_digest", &ApproveApplication::documents_digest,
            {.max_length = 64, .min_length = 64}),
      field("answers", &ApproveApplication::answers, {.max_items = 50})};
  }
};

/// Approves this application; cancels it; tries it again.
struct ApproveThis {
  static constexpr auto type_name = "ApproveThis";
  ApproveApplication body{};
  static constexpr auto fields() { return std::tuple{}; }
};
struct CancelThis {
  static constexpr auto type_name = "CancelThis";
  static constexpr auto fields() { return std::tuple{}; }
};
struct RetryThis {
  static constexpr auto type_name = "RetryThis";
  static constexpr auto fields() { return std::tuple{}; }
};

/// What was approved.
struct Approval {
  static constexpr auto type_name = "Approval";
  ApplicationId application_id{};
  ApplicationStatus status = ApplicationStatus::approved;
  std::string hash{};  ///< of everything that is sent; another hash later voids the approval
  std::string documents_digest{};
  Time approved_at{};
  static constexpr auto fields() {
    return std::tuple{field("application_id", &Approval::application_id),
                      field("status", &Approval::status), field("hash", &Approval::hash),
                      field("documents_digest", &Approval::documents_digest),
                      field("approved_at", &Approval::approved_at)};
  }
};

}  // namespace jobraker
