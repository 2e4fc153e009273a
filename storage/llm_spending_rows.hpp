#pragma once

#include <vector>

#include "storage/llm_budgets.hpp"

/// Rows of `llm.spending`, many at a time and under lock: what the functions on budgets are made
/// of. To be called inside a transaction, after the effects have been locked.
namespace jobraker::storage {

/// Locks these rows with their limits and the alerts raised, in the order given, which must be
/// sorted and without duplicates; rows that are not there are made.
task<Result<std::vector<SpendingRow>>> lock_spending(Session& session,
                                                     std::vector<SpendingKey> keys);

/// Writes the money of locked rows, notes alerts, and answers those of them that are new.
task<Result<std::vector<BudgetAlert>>>
store_spending(Session& session, std::vector<SpendingRow> rows, std::vector<BudgetAlert> alerts);

/// Reads a column of type date.
Time to_date(const Row& row, std::size_t column);

}  // namespace jobraker::storage
