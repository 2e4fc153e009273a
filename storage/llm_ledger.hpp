#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/llm_spending_rows.hpp"

/// What reserving, settling and lapsing have in common. Everybody locks effects first and spending
/// after them, each in the order of their keys.
namespace jobraker::storage {

/// What a reservation holds; kept as the effect's detail, so that it can be booked by anybody.
struct Held {
  std::optional<CompanyId> company{};
  std::optional<UserId> user{};
  std::int64_t worst_nano = 0;
  Time at{};  ///< the periods it was reserved in

  std::vector<SpendingKey> keys() const { return spending_keys(company, user, at); }
};

std::string to_json(const Held& held);
/// Errc::internal when it is not what to_json wrote.
Result<Held> to_held(std::string_view json);

/// Spending rows under lock, and what changes in them. First all that is wanted is named, then it
/// is locked, then changed, then stored.
class Ledger {
public:
  explicit Ledger(Time now) : now_(now) {}

  /// Names the rows of a reservation.
  void want(const Held& held);
  task<Done> lock(Transaction& transaction);
  /// True when the rows of a reservation are locked.
  bool holds(const Held& held) const;
  BudgetVerdict admit(const Held& held);
  BookingVerdict book(const Held& held, std::int64_t cost_nano);
  /// Writes what has changed, these calls too, as the last statement of the transaction; answers
  /// the alerts that nobody had raised before.
  task<Result<std::vector<BudgetAlert>>> store(Transaction& transaction,
                                               std::vector<EffectRecord> made = {},
                                               std::vector<EffectRecord> changed = {});

  /// A row as it is now.
  std::optional<BudgetNote> note_of(std::optional<std::size_t> row) const;
  std::vector<BudgetAlert> alerts_of(const std::vector<Crossing>& crossed) const;

private:
  std::vector<std::size_t> indices(const Held& held) const;
  void note(const std::vector<Crossing>& crossed);

  Time now_;
  std::set<SpendingKey> keys_{};
  std::vector<SpendingRow> rows_{};
  std::vector<SpendingRow> before_{};
  std::vector<Crossing> crossed_{};
};

/// Of the alerts an answer wants raised, those that were.
template <class Answers>
void keep_raised(Answers& answers, const std::vector<BudgetAlert>& raised) {
  for (auto& answer : answers)
    std::erase_if(answer.raised, [&](auto& alert) {
      return std::find(raised.begin(), raised.end(), alert) == raised.end();
    });
}

/// Locks calls that have rows and the ledger's rows behind them, without waiting in between.
task<Result<std::vector<EffectRecord>>> lock_together(Transaction& transaction,
                                                      std::vector<EffectKey> keys, Ledger& ledger);

/// How often a batch begins anew when it finds that it must (Errc::conflict).
inline constexpr int rounds_max = 5;

/// Runs `body(Transaction&, bool careful) -> task<Result<T>>` in a transaction of its own, again
/// while it ends with Errc::conflict: from the second round on the calls are to be read before any
/// row is named.
template <class Body>
auto in_rounds(Session& session, Body body) -> std::invoke_result_t<Body&, Transaction&, bool> {
  for (int round = 1;; ++round) {
    auto answers = co_await session.transaction(
      [&](Transaction& transaction) { return body(transaction, round > 1); });
    if (answers || answers.error().code != Errc::conflict)
      co_return answers;
    if (round == rounds_max)
      co_return fail(Errc::unavailable, "others reserve the very same calls");
  }
}

/// In order, each once.
std::vector<EffectKey> sorted_keys(std::vector<EffectKey> keys);

/// The effect with this key, or nullptr; effects must be sorted by key.
EffectRecord* find_in(std::vector<EffectRecord>& effects, const EffectKey& key);

}  // namespace jobraker::storage
