#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "actors/matching/core/people_index.hpp"
#include "actors/system/services.hpp"
#include "messages/people_handles.hpp"

namespace jobraker {

/// Whom each of these postings suits: one matrix product for all of them, the hard filters, the
/// rubric. Postings that are not there are missing in the answer; whoever is no longer active or
/// has no vectors suits nobody.
task<Result<std::unordered_map<JobId, FoundPeople>>>
search_people(Services& services, std::shared_ptr<const matching::PeopleSnapshot> people,
              std::vector<JobId> ids);

}  // namespace jobraker
