#pragma once

#include <optional>
#include <vector>

#include "messages/notifications.hpp"
#include "storage/interviews.hpp"

/// Interviews together with what people are told of them. All functions work inside the caller's
/// transaction; push what was told once it has committed (actors/notifications/push.hpp).
namespace jobraker::interviews {

/// An interview, and the notifications that are new.
struct Booked {
  Interview interview{};
  std::vector<Notification> told{};
};

/// storage::book_slot, told to the person and the employer.
task<Result<Booked>> book(storage::Session& session, storage::SlotBooking booking, Time now);

/// storage::create_interview; nobody else knows of it, so nobody is told.
task<Result<Booked>> add(storage::Session& session, storage::NewInterview interview, Time now);

/// storage::change_interview, told to the person, and to the employer unless he did it.
task<Result<Booked>> change(storage::Session& session, InterviewId id, std::optional<UserId> owner,
                            storage::InterviewChange change, UserId by, Time now);

}  // namespace jobraker::interviews
