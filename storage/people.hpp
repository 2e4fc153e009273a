#pragma once

#include <string>
#include <vector>

#include "storage/session.hpp"

/// For whoever keeps people in memory.
namespace jobraker::storage {

/// What is stored of a person who has both a profile and vectors.
struct PersonChange {
  UserId id{};
  std::int64_t profile_version = 0;
  std::string vectors_hash{};  ///< of the content the vectors were made from
  Time at{};                   ///< of the later of the two
};

/// Up to `limit` people with vectors of this model whose profile or vectors changed at or after
/// `since`, the oldest change first.
task<Result<std::vector<PersonChange>>> people_changed_since(Session& session, std::string model,
                                                             Time since, std::size_t limit);

/// A person who is there, and their latest scoring run.
struct LastRun {
  UserId user{};
  std::int64_t score_version = 0;  ///< 0: there was none
  std::string basis{};             ///< what the version stands for
};

/// Those of the people who are there; inside a transaction they stay until its end.
task<Result<std::vector<LastRun>>> last_runs(Session& session, std::vector<UserId> users);

}  // namespace jobraker::storage
