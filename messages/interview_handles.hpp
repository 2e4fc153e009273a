#pragma once

#include "messages/handles.hpp"
#include "messages/interviews.hpp"

namespace jobraker {

/// `/system/interviews`: slots and interviews. What is somebody else's is not_found, except for
/// admins. Every request is refused as invalid when it names no IANA time zone where one belongs.
using InterviewsActor = caf::typed_actor<
  // forbidden for seekers; conflict when it overlaps with one already there.
  caf::replies_to<Context, OfferSlots>::with<SlotList>,
  caf::replies_to<Context, ListSlots>::with<SlotList>,
  // conflict when the slot is taken or over, or the caller has another interview then. A repeated
  // request answers what the first made.
  caf::replies_to<Context, ScheduleInterview>::with<Interview>,
  caf::replies_to<Context, GetInterview>::with<Interview>,
  caf::replies_to<Context, GetInterviewCalendar>::with<InterviewCalendar>,
  caf::replies_to<Context, ListInterviews>::with<InterviewList>,
  // precondition_failed for another version; conflict as above.
  caf::replies_to<Context, ChangeThisInterview>::with<Interview>,
  // INTERNAL: time to forget bookings that nobody repeats any more.
  caf::reacts_to<Tick>>;

}  // namespace jobraker
