#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "storage/budget_machine.hpp"
#include "storage/effects.hpp"

namespace jobraker {

/// What became of a wish to spend.
enum class SpendingOutcome : std::uint8_t {
  admitted,  ///< reserved: make the call, then settle
  refused,   ///< a budget has no room
  busy,      ///< this very call is being made by somebody
  settled,   ///< this very call has been made and paid
};
template <>
inline constexpr std::string_view enum_names<SpendingOutcome>[] = {"admitted", "refused", "busy",
                                                                   "settled"};

/// What became of a settlement.
enum class SettleOutcome : std::uint8_t {
  settled,
  repeated,  ///< it had been settled under the same fence; nothing was booked again
  stale,     ///< the lease had ended and the worst case is booked, or there is no such call
};
template <>
inline constexpr std::string_view enum_names<SettleOutcome>[] = {"settled", "repeated", "stale"};

}  // namespace jobraker

/// Budgets of language models: the worst case of a call is reserved before it, its cost is settled
/// after it. What is spent and reserved never exceeds a budget, whatever runs at once and whoever
/// is killed; only a call that costs more than its worst case can do that, and is reported. Money
/// is whole nano-dollars (1e-9 USD).
namespace jobraker::storage {

/// Model calls as effects: nobody repeats a lapsed one, its money is booked.
inline constexpr EffectKind llm_call{"llm_call", LapseRule::give_back};

/// One call that is about to be made.
struct SpendingWish {
  /// What this call is: operation, model, content, who asks for what (turn, task) and the attempt.
  /// Two calls with one key are the same call, and only one of them is ever admitted.
  EffectKey key{};
  std::optional<CompanyId> company{};
  std::optional<UserId> user{};
  std::int64_t worst_nano = 0;               ///< 0 to nano_max
  std::chrono::milliseconds lease{300'000};  ///< longer than the call can take
};

/// An alert: a budget has reached a threshold, the first time in its period with this limit.
struct BudgetAlert {
  SpendingKey key{};
  std::int64_t limit_nano = 0;
  int threshold = 80;  ///< percent; 100 means used up or refusing
  Time at{};
  bool operator==(const BudgetAlert&) const = default;
};

/// A budget in words for a refusal.
struct BudgetNote {
  SpendingKey key{};
  std::int64_t limit_nano = 0;
  std::int64_t left_nano = 0;
  Time resets_at{};
};

/// What a wish was answered.
struct BudgetAnswer {
  SpendingOutcome outcome = SpendingOutcome::refused;
  BudgetLevel level = BudgetLevel::normal;
  std::int64_t fence = 0;                ///< of an admitted call
  Time at{};                             ///< when it was reserved, for its settlement's place
  std::optional<BudgetNote> tightest{};  ///< as of this answer; none when no budget limits the call
  std::optional<Time> busy_until{};      ///< of a busy call
  std::vector<BudgetAlert> raised{};     ///< by this call
};

/// Reserves the worst cases of a batch of calls (up to about 256) in one transaction: answers in
/// the order of the wishes, earlier ones served first. A lapsed reservation under the same key is
/// booked at its worst case before. Errc::invalid when an amount is out of range.
task<Result<std::vector<BudgetAnswer>>> reserve_spending(Session& session,
                                                         std::vector<SpendingWish> batch, Time now);

/// For whom and when a call was reserved, as the wish said it.
struct SpendingPlace {
  std::optional<CompanyId> company{};
  std::optional<UserId> user{};
  Time at{};
};

/// What an admitted call has cost: 0 when it was never sent, the tokens so far when it was aborted.
struct Settlement {
  EffectKey key{};
  std::int64_t fence = 0;
  std::int64_t cost_nano = 0;
  /// Tells which rows will be needed before the reservation is read, which saves a round trip; a
  /// wrong one costs two.
  std::optional<SpendingPlace> place{};
};

struct SettlementAnswer {
  SettleOutcome outcome = SettleOutcome::stale;
  std::int64_t over_nano = 0;         ///< by how much it cost more than its worst case
  std::vector<BudgetAlert> raised{};  ///< by a cost above the worst case, or a limit newly set
};

/// Books the true costs into the periods the calls were reserved in and frees the reservations, in
/// one transaction; answers in the order given. Repeating a batch changes nothing. Errc::invalid
/// when a cost is out of range.
task<Result<std::vector<SettlementAnswer>>>
settle_spending(Session& session, std::vector<Settlement> batch, Time now);

/// A reservation whose holder never came back.
struct LapsedSpending {
  EffectKey key{};
  std::optional<CompanyId> company{};
  std::optional<UserId> user{};
  std::int64_t worst_nano = 0;  ///< booked as spent: the provider may have served the call
};

/// Closes up to `limit` reservations whose lease has ended: their worst case counts as spent. For a
/// regular sweep.
task<Result<std::vector<LapsedSpending>>> lapse_spending(Session& session, Time now,
                                                         std::int64_t limit);

/// A budget and how it stands in the present period.
struct Budget {
  SpendingKey key{};
  std::int64_t limit_nano = 0;
  std::int64_t spent_nano = 0;
  std::int64_t reserved_nano = 0;
  std::int64_t left_nano = 0;
  Time resets_at{};
  Time updated_at{};
  std::optional<UserId> updated_by{};
};

/// Sets the limit of a scope and period, or takes it away (nullopt); holds from the next call on,
/// money already spent in the period counts. `scope_id` is ignored for global. Errc::invalid when
/// the limit is out of range or a company or user is not named.
task<Done> set_budget(Session& session, BudgetScope scope, Uuid scope_id, BudgetPeriod period,
                      std::optional<std::int64_t> limit_nano, std::optional<UserId> updated_by);

/// Which budgets.
struct BudgetFilter {
  std::optional<BudgetScope> scope{};
  std::optional<Uuid> scope_id{};
};

/// Budgets with what is spent and left at `now`, global first, then companies and users.
task<Result<std::vector<Budget>>> list_budgets(Session& session, BudgetFilter filter, Time now);

/// Alerts of periods that began at `since` or later, latest first, at most `limit`.
task<Result<std::vector<BudgetAlert>>> list_budget_alerts(Session& session, Time since,
                                                          std::int64_t limit);

}  // namespace jobraker::storage
