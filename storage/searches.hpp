#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/jobs.hpp"
#include "storage/session.hpp"

/// Saved searches: what is fetched regularly.
namespace jobraker::storage {

/// Stores a search under its id (made up when empty) and answers it as stored. Errc::conflict when
/// its owner already has the same one (kind, query, place, country, address and board alike).
task<Result<SavedSearch>> create_search(Session& session, SavedSearch search);

/// The search, or Errc::not_found.
task<Result<SavedSearch>> find_search(Session& session, SearchId id);

/// All searches of one owner, oldest first.
task<Result<std::vector<SavedSearch>>> list_searches(Session& session, UserId owner);

/// The active searches of everybody, the longest unfetched first.
task<Result<std::vector<SavedSearch>>> active_searches(Session& session);

/// Deletes a search of this owner; without an owner, anybody's. Errc::not_found when there is none.
task<Done> delete_search(Session& session, SearchId id, std::optional<UserId> owner);

/// Notes when a search last ran and how it went. A search deleted meanwhile is no error.
task<Done> record_outcome(Session& session, SearchId id, Time ran_at, std::string outcome);

}  // namespace jobraker::storage
