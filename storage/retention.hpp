#pragma once

#include <cstdint>

#include "storage/session.hpp"

/// What is removed when it is old, a little at a time, so that no statement holds much for long.
/// Repositories that have more to say of it have such functions of their own (`forget_…`).
namespace jobraker::storage {

/// Deletes up to `limit` rows of the audit log written before `before`; answers how many.
task<Result<std::size_t>> forget_audit(Session& session, Time before, std::int64_t limit);

/// Deletes up to `limit` tasks that ended before `before`, scoring runs with their items, too. What
/// they found stays. Answers how many tasks.
task<Result<std::size_t>> forget_tasks(Session& session, Time before, std::int64_t limit);

}  // namespace jobraker::storage
