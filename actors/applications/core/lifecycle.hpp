#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/applications/core/schedule.hpp"
#include "messages/result.hpp"
#include "messages/submissions.hpp"

/// The life of one application in its person's name. Pure: `(rows, what happened, now)` gives the
/// rows as they become and what is to be done once they are committed. Every function works on the
/// rows as they are under their lock, so it does not matter which node calls it, or how often.
namespace jobraker::applications {

/// What the rows say.
struct Standing {
  ApplicationStatus status = ApplicationStatus::draft;
  Submission submission{};
};

/// What becomes of the application's effect in the same transaction.
enum class EffectOp : std::uint8_t { none, settle, give_back };

/// What is asked of Skyvern after the commit, in order.
enum class Call : std::uint8_t { create, look_up, cancel, get };

/// What the person is told. `silent`: nothing has been heard for long; the operator is told, too.
enum class NoticeKind : std::uint8_t { status, input, look, silent };
struct Notice {
  NoticeKind kind = NoticeKind::status;
  std::string text{};
};

/// One step: all of it is committed together, then the calls are made.
struct Step {
  Standing next{};
  std::string detail{};  ///< for the timeline; with an unchanged status, empty means no entry
  EffectOp effect = EffectOp::none;
  std::string outcome{};  ///< JSON, of a settled effect
  std::vector<Call> calls{};
  std::optional<Notice> notice{};
};

/// The person approves what has this hash. Errc::conflict when it has been or is just being sent.
Result<Step> approve(Standing now_is, std::string hash, Time now);

/// What was approved is not what would be sent any more, or the consent was taken back: a queued
/// one is a draft again.
Step withdraw_approval(Standing now_is, std::string why);

/// The words for the former.
inline constexpr std::string_view changed_since =
  "What would be sent has changed since it was approved.";

/// The person wants no more of it. What may be under way is stopped and its end decides.
/// Errc::conflict once it is submitted.
Result<Step> cancel(Standing now_is, const Schedule& schedule, Time now);

/// The person wants another try with what has this hash. Errc::conflict when something may have
/// been sent, or it is not what was approved.
Result<Step> retry(Standing now_is, const std::string& hash, Time now);

/// A withdrawn application of which certainly nothing was sent is a draft again. Errc::conflict for
/// others.
Result<Step> reopen(Standing now_is);

/// Whether the next step is to reserve the effect: its turn to be sent has come, or whoever was
/// sending it has not come back.
bool wants_effect(const Standing& now_is, Time now);

/// Its turn has not come yet.
Step postpone(Standing now_is, Time until);

/// What the wish to reserve was answered.
struct Turn {
  enum class Answer : std::uint8_t { granted, busy, done } answer = Answer::granted;
  std::int64_t fence = 0;
  bool must_look_up = false;
  Time until{};  ///< busy
};

/// After `wants_effect`, in one transaction with the reservation.
Step take_turn(Standing now_is, const Turn& turn, const Schedule& schedule, Time now);

/// Skyvern confirmed the run of this attempt, at once, late, or found by its title.
Step created(Standing now_is, std::int64_t attempt, const RunReport& report,
             const Schedule& schedule, Time now);

/// There is certainly no run of this attempt.
struct Refused {
  bool again = false;  ///< it may be asked for later
  std::optional<Milliseconds> wait{};
  std::string why{};
};
Step refused(Standing now_is, std::int64_t attempt, const Refused& refused,
             const Schedule& schedule, Time now);

/// Nobody knows whether there is a run of this attempt.
Step unanswered(Standing now_is, std::int64_t attempt, Time now);

/// The runs were searched for this attempt's, without finding it; or could not be (`failed`). Told
/// of when that goes on for long, and given up as unknown after `give_up`.
Step not_found(Standing now_is, std::int64_t attempt, bool failed, const Schedule& schedule,
               Time now);

/// News of the run, in any order, any number of times. What has ended only hears of ends.
Step reported(Standing now_is, const RunReport& report, const Schedule& schedule, Time now);

/// The same, as Skyvern's answer to our asking: a run that has not moved for `give_up` is unknown,
/// unless it waits for a person.
Step answered(Standing now_is, const RunReport& report, const Schedule& schedule, Time now);

/// The run was asked after, and the answer did not come or could not be read. When that is all
/// there was for `give_up`, it is unknown.
Step unread(Standing now_is, std::string_view run_id, const Schedule& schedule, Time now);

/// Whether so much of the lease is left that the call which starts the run may still be made.
bool may_call(const Submission& submission, const Schedule& schedule, Time now);

/// Skyvern does not know the run (any more). When that is all that was heard for long, nobody will
/// ever know how it ended.
Step vanished(Standing now_is, std::string_view run_id, const Schedule& schedule, Time now);

/// Its time has come: polls, look-ups, the way from approved into the queue.
Step wake(Standing now_is, const Schedule& schedule, Time now);

/// What comes of it on a server that cannot ask Skyvern (any more): what waits to be sent is a
/// draft again; what is under way counts as not answered whenever its time comes, is told of when
/// that goes on for long, and given up after `give_up`. Never leads to a call.
Step unattended(Standing now_is, const Schedule& schedule, Time now);

/// Whether the person has asked for its end, one way or the other.
bool unwanted(const Standing& now_is);

/// The title by which an attempt's run is found; `search_key` is the part that all attempts share.
std::string title_of(const Submission& submission);
std::string search_key(ApplicationId application);
/// Which application and attempt a title names.
struct Titled {
  ApplicationId application{};
  std::int64_t attempt = 0;
  bool operator==(const Titled&) const = default;
};
std::optional<Titled> read_title(std::string_view title);

}  // namespace jobraker::applications
