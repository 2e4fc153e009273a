#pragma once

#include <vector>

#include "actors/events/consumer.hpp"
#include "actors/matching/people_services.hpp"
#include "actors/system/services.hpp"

/// What matching does when something happens.
namespace jobraker {

/// Group `matching-postings`, topic job-posted: the reverse search. Whom the posting suits by hard
/// filters, vectors and rubric gets a score, which a model may correct later, and a match-found;
/// an exceptional match is also a notification, pushed to live sessions. A posting that comes
/// again, or has changed, is judged anew and told to nobody twice.
events::Consumer posting_consumer(Services& services, PeopleServices& people);

/// Group `matching-profiles`, topic profile-updated: the person's vectors anew when their texts
/// have changed, memory brought up to date, and a scoring run wished for when anything has changed
/// that a score depends on.
events::Consumer profile_consumer(Services& services, PeopleServices& people);

/// Both.
std::vector<events::Consumer> matching_consumers(Services& services, PeopleServices& people);

/// What a consumer works under: the event's trace, so much time.
Context context_of(const Event& event, std::chrono::milliseconds budget);

/// An error of somebody else's service is an outage to a consumer: the event waits.
Error as_outage(Error error);

}  // namespace jobraker
