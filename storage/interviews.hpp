#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/interviews.hpp"
#include "storage/effects.hpp"
#include "storage/session.hpp"

/// Times on offer, and interviews. All functions work inside the caller's transaction.
///
/// Functions with an `owner` find only what is that person's; without one anybody's. What is not
/// there and what is not theirs are both Errc::not_found.
namespace jobraker::storage {

/// Bookings of slots, and interviews with a request key: reserved, made and settled in one
/// transaction, so a lapsed one has certainly not happened. The outcome names the interview.
inline constexpr EffectKind booking_effect{"booking", LapseRule::run_again};

/// A time on offer.
struct SlotTime {
  Time starts_at{};
  Time ends_at{};
};

/// Offers times of an employer, for his company when he has one; all or none. Answers them soonest
/// first, in `time_zone` (IANA name, or empty). Errc::conflict when one overlaps with another of
/// his, Errc::invalid for one that is over, or not between 5 minutes and 12 hours long.
task<Result<std::vector<Slot>>> offer_slots(Session& session, UserId employer,
                                            std::vector<SlotTime> times, std::string time_zone,
                                            Time now);

/// Which free slots; what is empty does not filter.
struct SlotQuery {
  std::optional<CompanyId> company_id{};
  std::string company{};     ///< a name, as `find_applications` understands names
  Time from{};               ///< begins at or after this
  std::optional<Time> to{};  ///< begins before this
  std::size_t limit = 50;    ///< at most 200
};

/// Free slots, soonest first.
task<Result<std::vector<Slot>>> free_slots(Session& session, SlotQuery query);

/// All slots of an employer that begin between `from` and `to`, taken ones too, soonest first.
task<Result<std::vector<Slot>>> slots_of(Session& session, UserId employer, Time from,
                                         std::optional<Time> to, std::size_t limit);

/// The slot, or Errc::not_found.
task<Result<Slot>> find_slot(Session& session, SlotId id);

/// Who takes a slot, and for what.
struct SlotBooking {
  SlotId slot{};
  UserId user{};
  std::optional<ApplicationId> application{};  ///< of this person; found by the company when none
  std::string job_title{};                     ///< the application's when empty
  std::string location{};
  std::string notes{};
  std::string time_zone{};    ///< the slot's when empty
  std::string request_key{};  ///< the same request has the same; may be empty
};

/// Takes a slot: of any number at once exactly one gets it. Answers the interview, stored in the
/// same transaction; the application, when there is one that is submitted, is interviewing from
/// then on. Without `application` the person's only application to that company counts, if it is
/// the only one.
///
/// A repeated booking (by its request key, or the same content while nobody has let go of the slot)
/// answers the interview as it is now and does nothing. Errc::conflict when the slot is taken, is
/// over, or is the caller's own, when the person has another interview then, or the request key was
/// used for something else; Errc::not_found for a slot or application that is not there.
task<Result<Interview>> book_slot(Session& session, SlotBooking booking, Time now);

/// An interview agreed upon elsewhere. Company and title left empty are the application's.
struct NewInterview {
  UserId user{};
  std::optional<ApplicationId> application{};
  std::string company{};
  std::string job_title{};
  Time starts_at{};
  Time ends_at{};
  std::string location{};
  std::string notes{};
  std::string time_zone{};
  std::string request_key{};  ///< as of SlotBooking
};

/// Stores it; one whose request key was used for the same before is answered as it is now.
/// Errc::invalid without a company, or for times that are no span of at most a day; Errc::conflict
/// when the person has another interview then; Errc::not_found for an application that is not this
/// person's.
task<Result<Interview>> create_interview(Session& session, NewInterview interview, Time now);

/// The interview, or Errc::not_found.
task<Result<Interview>> find_interview(Session& session, InterviewId id,
                                       std::optional<UserId> owner);

/// A person's interviews, soonest first, at most 200.
task<Result<std::vector<Interview>>> list_interviews(Session& session, UserId user,
                                                     ListInterviews query = {});

/// What is to change; what is left out stays.
struct InterviewChange {
  std::optional<InterviewStatus> status{};
  std::optional<SlotId> slot_id{};
  std::optional<Time> starts_at{};
  std::optional<Time> ends_at{};
  std::optional<std::string> time_zone{};  ///< the owner's own, person or employer
  std::optional<std::string> location{};
  std::optional<std::string> notes{};
  std::optional<std::vector<std::int64_t>> versions{};  ///< only if it has one of these
};

/// An interview before and after; the same when there was nothing to change.
struct ChangedInterview {
  Interview before{};
  Interview after{};
};

/// Changes an interview under its lock: another slot is taken before the old one is free again;
/// cancelling frees the slot. Errc::conflict for one that is cancelled or done (its notes may still
/// change), or when the new slot is taken or the person has another interview then; Errc::invalid
/// for values that do not go together; Errc::precondition_failed for another version.
task<Result<ChangedInterview>> change_interview(Session& session, InterviewId id,
                                                std::optional<UserId> owner, InterviewChange change,
                                                Time now);

}  // namespace jobraker::storage
