#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "messages/enums.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// Whose money.
enum class BudgetScope : std::uint8_t { global, company, user };
template <>
inline constexpr std::string_view enum_names<BudgetScope>[] = {"global", "company", "user"};

/// Over which calendar span in UTC.
enum class BudgetPeriod : std::uint8_t { day, month };
template <>
inline constexpr std::string_view enum_names<BudgetPeriod>[] = {"day", "month"};

/// What the tightest budget of a call says to it.
enum class BudgetLevel : std::uint8_t {
  normal,
  alert,    ///< 80 % of it are spent or promised, this call's worst case included
  economy,  ///< 95 %: take the cheaper model
  refused,  ///< the worst case does not fit any more
};
template <>
inline constexpr std::string_view enum_names<BudgetLevel>[] = {"normal", "alert", "economy",
                                                               "refused"};

}  // namespace jobraker

/// What budgets allow. Pure: rows and wishes in, verdicts and changed rows out; time is a value.
/// Money is whole nano-dollars (1e-9 USD).
namespace jobraker::storage {

/// Shares of a budget, in percent, at which an alert is raised, once in a period. 100 is raised
/// when the budget is used up or has refused a call.
inline constexpr int budget_thresholds[] = {80, 95, 100};

/// The largest limit and the largest worst case of a call: ninety million dollars. Sums of a
/// hundred such still fit in 64 bits.
inline constexpr std::int64_t nano_max = 90'000'000'000'000'000;

/// When the period that holds `now` began, and when it ends and its budget starts anew.
Time starts_on(BudgetPeriod period, Time now);
Time resets_at(BudgetPeriod period, Time starts_on);

/// Names one row of money: who, over what, since when.
struct SpendingKey {
  BudgetScope scope = BudgetScope::global;
  Uuid scope_id{};  ///< zero for global
  BudgetPeriod period = BudgetPeriod::day;
  Time starts_on{};
  auto operator<=>(const SpendingKey&) const = default;
};

/// The rows that a call counts to at `now`, in the order in which rows are locked.
std::vector<SpendingKey> spending_keys(std::optional<CompanyId> company, std::optional<UserId> user,
                                       Time now);

/// Money of one period. Without a limit all is admitted, and counted all the same.
struct SpendingRow {
  SpendingKey key{};
  std::optional<std::int64_t> limit_nano{};
  std::int64_t spent_nano = 0;
  std::int64_t reserved_nano = 0;
  std::vector<int> raised{};  ///< thresholds already raised in this period for this limit

  std::int64_t committed() const { return spent_nano + reserved_nano; }
  bool operator==(const SpendingRow&) const = default;
};

/// A row has newly reached a share of its budget.
struct Crossing {
  std::size_t row = 0;
  int threshold = 0;
  bool operator==(const Crossing&) const = default;
};

/// A call that may cost up to `worst_nano`, counted to `rows` (indices into the rows given).
struct BudgetWish {
  std::vector<std::size_t> rows{};
  std::int64_t worst_nano = 0;
};

struct BudgetVerdict {
  bool admitted = false;
  BudgetLevel level = BudgetLevel::normal;
  /// The row that decides the level; of a refused call, the one with the least left among those
  /// that refuse. None when no row has a limit.
  std::optional<std::size_t> tightest{};
  std::vector<Crossing> crossed{};
};

/// Admits the call when each of its budgets has room for its worst case (spent + reserved + worst
/// <= limit) and reserves it in all its rows, limited or not; otherwise changes no money.
BudgetVerdict admit(std::vector<SpendingRow>& rows, const BudgetWish& wish);

/// What an admitted call has cost in the end.
struct Booking {
  std::vector<std::size_t> rows{};
  std::int64_t worst_nano = 0;  ///< as reserved
  std::int64_t cost_nano = 0;   ///< as it was
};

struct BookingVerdict {
  std::int64_t over_nano = 0;  ///< by how much the cost was higher than the worst case
  std::vector<Crossing> crossed{};
};

/// Frees the reservation and books the true cost, also one above the worst case: money that is gone
/// is counted. A row that does not know of the reservation (deleted meanwhile) is not made
/// negative.
BookingVerdict book(std::vector<SpendingRow>& rows, const Booking& booking);

/// What a budget has left, never below 0; nullopt when there is no limit.
std::optional<std::int64_t> left_nano(const SpendingRow& row);

/// The share of the limit that is spent or promised, as the level it makes; never `refused`.
BudgetLevel level_of(const SpendingRow& row);

}  // namespace jobraker::storage
