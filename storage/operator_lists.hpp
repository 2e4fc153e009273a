#pragma once

#include <vector>

#include "messages/operator_desk.hpp"
#include "storage/session.hpp"

/// What administrators look through across all people.
namespace jobraker::storage {

/// A page of applications, `stuck` by these rules; without the counts. The latest change of status
/// first, with `query.stuck` the one that has stood longest. Errc::invalid for a cursor that is
/// none.
task<Result<WatchedApplicationPage>> watch_applications(Session& session, WatchApplications query,
                                                        std::vector<StuckRule> rules);

/// How many applications are stuck, by the first rule that fits; reasons that none has are left
/// out.
task<Result<std::vector<std::pair<StuckReason, std::int64_t>>>>
count_stuck(Session& session, std::vector<StuckRule> rules);

/// A page of the log of model calls that began within [from, to), which must be set. Errc::invalid
/// for a cursor that is none.
task<Result<LoggedCallPage>> list_model_calls(Session& session, ListModelCalls query);

/// A page of accounts, the newest first, e-mail addresses masked. Errc::invalid for a cursor that
/// is none, and for a `q` that is neither an id nor an address.
task<Result<ListedUserPage>> list_users(Session& session, ListUsers query);

}  // namespace jobraker::storage
