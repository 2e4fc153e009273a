#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/submissions.hpp"
#include "storage/effects.hpp"
#include "storage/session.hpp"

/// The sending of applications: where each attempt stands, what was approved, and what the runs
/// left behind. All functions work inside the caller's transaction; who changes a submission holds
/// the lock of its application (`lock_application`).
namespace jobraker::storage {

/// The right to send an application: reserved before Skyvern is called, and settled when it was
/// sent or may have been. Whoever comes after a holder that did not come back looks the run up.
inline constexpr EffectKind submission_effect{"submission", LapseRule::look_up};

/// What the right is of: this person's application to this posting.
EffectKey submission_key(const Submission& submission);

/// The submission of an application; a blank one when there is none yet.
task<Result<Submission>> find_submission(Session& session, const Application& application);

/// Stores it whole.
task<Done> save_submission(Session& session, const Submission& submission, Time now);

/// Notes an approval and ends the one before it; `ends_approval` only ends it.
task<Done> add_approval(Session& session, ApplicationId application, std::string hash,
                        std::string documents, const std::vector<FormAnswer>& answers, Time now);
task<Done> end_approval(Session& session, ApplicationId application, Time now);

/// Keeps what a run reported. Texts and lists that were not told stay as they were.
task<Done> save_run(Session& session, ApplicationId application, std::int64_t attempt,
                    const RunReport& report, Time now);

/// The runs of an application, the latest first.
task<Result<std::vector<RunReport>>> application_runs(Session& session, ApplicationId application);

/// Whose run this is, or nothing.
task<Result<std::optional<ApplicationId>>> application_of_run(Session& session, std::string run_id);

/// Applications whose time had come before `before`, the longest ago first.
task<Result<std::vector<ApplicationId>>> due_submissions(Session& session, Time before,
                                                         std::int64_t limit);

/// How things stand between us and an employer.
struct EmployerTurn {
  std::optional<Time> next{};  ///< when it may be sent to again; nothing: never was
  std::int64_t running = 0;    ///< attempts under way, to whomever, that do not wait for a person
};

/// Locks the turn of an application's employer, and with it those of all others, until the
/// transaction ends: so that two nodes never give the same turn away.
task<Result<EmployerTurn>> lock_turn(Session& session, ApplicationId application);

/// The employer's next turn comes then.
task<Done> give_turn(Session& session, ApplicationId application, Time next);

/// Whether another application of this person's to the same posting, under another id of it, was
/// sent or may have been; withdrawn afterwards or not. One withdrawn before it was sent is none.
task<Result<bool>> sent_under_another_name(Session& session, ApplicationId application);

/// Whether this person agrees to be applied for, and goes on to until the transaction ends.
task<Result<bool>> hold_consent(Session& session, UserId user);

/// Admins, to be told when Skyvern does not do what it should; 20 at most.
task<Result<std::vector<UserId>>> operators(Session& session);

/// Whether the timeline says that it has ever been sent, by whomever.
task<Result<bool>> was_ever_sent(Session& session, ApplicationId application);

}  // namespace jobraker::storage
