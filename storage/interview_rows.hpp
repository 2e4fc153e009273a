#pragma once

#include "messages/interviews.hpp"
#include "storage/session.hpp"

/// What slots and interviews share.
namespace jobraker::storage {

/// Of `interview_slots s` joined by SLOT_JOINS.
#define SLOT_COLUMNS                                                                               \
  "s.id, s.owner, s.company_id, c.name, s.starts_at, s.ends_at, s.taken_by IS NOT NULL"
#define SLOT_JOINS "LEFT JOIN companies c ON c.id = s.company_id"

/// Takes a slot for this person, of this employer if one is named. Errc::conflict when it is taken,
/// over or the person's own, Errc::not_found.
task<Result<Slot>> take_slot(Session& session, SlotId id, UserId user,
                             std::optional<UserId> employer, Time now);

/// Makes a slot free again.
task<Done> give_back_slot(Session& session, SlotId id);

}  // namespace jobraker::storage
