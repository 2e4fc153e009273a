#pragma once

#include <functional>
#include <optional>
#include <string>

#include "messages/interviews.hpp"
#include "storage/effects.hpp"
#include "storage/session.hpp"

/// What slots, bookings and interviews share. To be called inside a transaction.
namespace jobraker::storage {

/// Of `interview_slots s` joined by SLOT_JOINS.
#define SLOT_COLUMNS                                                                               \
  "s.id, s.owner, s.company_id, c.name, s.starts_at, s.ends_at, s.time_zone, "                     \
  "s.taken_by IS NOT NULL"
#define SLOT_JOINS "LEFT JOIN companies c ON c.id = s.company_id"

/// Of `interviews i`.
#define INTERVIEW_COLUMNS                                                                          \
  "i.id, i.user_id, i.employer, i.application_id, i.slot_id, i.company, i.job_title, "             \
  "i.starts_at, i.ends_at, i.time_zone, i.employer_time_zone, i.status, i.location, i.notes, "     \
  "i.version, i.created_at, i.updated_at"

/// Reads INTERVIEW_COLUMNS.
Interview to_interview(const Row& row);

/// Reads the row of a statement that writes an interview. Its person can be at one interview at a
/// time: Errc::conflict.
Result<Interview> to_written(const Result<Rows>& rows);

/// Errc::invalid, with the pointer of the member that is wrong.
tl::unexpected<Error> invalid_member(std::string pointer, std::string detail);

/// A span of an interview must be one, of at most a day.
Done check_span(Time starts_at, Time ends_at);

/// Locks a slot that is free or this person's; how often it was given back. Errc::conflict when it
/// is somebody else's, Errc::not_found.
task<Result<std::int64_t>> lock_slot(Session& session, SlotId id, UserId user, Time now);

/// Takes a slot for this person, of this employer if one is named. Errc::conflict when it is taken,
/// over or the person's own, Errc::not_found.
task<Result<Slot>> take_slot(Session& session, SlotId id, UserId user,
                             std::optional<UserId> employer, Time now);

/// Makes a slot free again.
task<Done> give_back_slot(Session& session, SlotId id);

/// Makes an interview as the effect `key`: reserved, made by `make()` and settled. One that was
/// settled before is answered as it is now. `request` digests what was asked for: Errc::conflict
/// when the key was used for something else.
task<Result<Interview>> make_once(Session& session, EffectKey key, std::string request, Time now,
                                  std::function<task<Result<Interview>>()> make);

}  // namespace jobraker::storage
