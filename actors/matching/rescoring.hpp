#pragma once

#include "actors/system/services.hpp"

namespace jobraker::storage {
class Transaction;
}

namespace jobraker {

/// Somebody's profile has changed in what scores are made of: a scoring run is wished for, once the
/// profile has been left in peace for a while. In the caller's transaction.
task<Done> wish_scoring(storage::Transaction& transaction, UserId user);

/// The same, not before `due`.
task<Done> wish_scoring(storage::Transaction& transaction, UserId user, Time due);

/// Begins the runs that are due, through the users' actors; answers how many. A person's run waits
/// for the one that is under way.
task<Result<std::size_t>> start_due_scorings(Services& services);

}  // namespace jobraker
