#pragma once

#include <memory>
#include <vector>

#include "actors/matching/core/people_index.hpp"
#include "actors/system/services.hpp"

/// How `/system/people` fills its memory from the rows.
namespace jobraker {

/// Everybody with vectors of the present model, page by page. True: there are more than memory may
/// hold; the hourly runs serve the others.
task<Result<bool>> load_everybody(Services& services, std::shared_ptr<matching::PeopleIndex> index);

/// Reads these people again; who has no profile or no vectors (any more) is taken out.
task<Result<bool>> load_again(Services& services, std::shared_ptr<matching::PeopleIndex> index,
                              std::vector<UserId> users);

/// Who differs from what is in memory.
struct ChangedPeople {
  std::vector<UserId> users{};
  Time seen{};  ///< the latest change looked at
};

/// Looks for changes at or after `since`, whoever made them.
task<Result<ChangedPeople>> changed_people(Services& services, const matching::PeopleIndex& index,
                                           Time since);

}  // namespace jobraker
