#pragma once

#include <memory>
#include <string>
#include <vector>

#include "messages/handles.hpp"

namespace jobraker {

/// Asks whom a posting suits. Its vectors must be stored (IndexJobs) or nobody is found.
struct FindPeople {
  static constexpr auto type_name = "FindPeople";
  JobId job{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// A pair as the rubric sees it.
struct SuitedScore {
  JobScore score{};     ///< its version is still to be chosen
  std::string basis{};  ///< what the version has to stand for
};

/// The posting as it was looked at, and whom it suits: scores at or above the threshold, the most
/// similar people first, at most `matching.people_per_posting`.
struct FoundPeople {
  static constexpr auto type_name = "FoundPeople";
  std::shared_ptr<const Job> job{};
  std::vector<SuitedScore> people{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: profile or vectors of this person are committed; they are read again.
struct PersonChanged {
  static constexpr auto type_name = "PersonChanged";
  UserId user{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/people`: everybody who has vectors, in memory; the reverse search. It also begins the
/// scoring runs that changed profiles wish for.
using PeopleActor = caf::typed_actor<caf::replies_to<Context, FindPeople>::with<FoundPeople>,
                                     caf::replies_to<Context, Inspect>::with<StateSummary>,
                                     caf::reacts_to<PersonChanged>,
                                     // INTERNAL: time to look for changes made elsewhere.
                                     caf::reacts_to<Tick>>;

}  // namespace jobraker
