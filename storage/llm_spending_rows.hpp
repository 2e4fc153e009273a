#pragma once

#include <vector>

#include "storage/effect_rows.hpp"
#include "storage/llm_budgets.hpp"

/// Rows of `llm.spending`, many at a time and under lock: what the functions on budgets are made
/// of. To be called inside a transaction, behind the statement that locks the effects.
namespace jobraker::storage {

/// Locks these rows with their limits and the alerts raised, in the order given, which must be
/// sorted and without duplicates; rows that are not there are made.
task<Result<std::vector<SpendingRow>>> lock_spending(Session& session,
                                                     std::vector<SpendingKey> keys);

/// What a batch of reservations or settlements writes.
struct SpendingChanges {
  std::vector<EffectRecord> made{};     ///< calls that had no row
  std::vector<EffectRecord> changed{};  ///< calls whose rows are locked
  std::vector<SpendingRow> rows{};      ///< locked, their money as it is now
  std::vector<BudgetAlert> alerts{};
};

/// Writes all of it in one statement, the last of its transaction (`storage/last_statement.hpp`),
/// and answers those alerts that are new. Errc::conflict when somebody has made one of the calls
/// meanwhile.
task<Result<std::vector<BudgetAlert>>> store_spending(Session& session, SpendingChanges changes);

/// Reads a column of type date.
Time to_date(const Row& row, std::size_t column);

}  // namespace jobraker::storage
