#include "storage/budget_machine.hpp"

#include <algorithm>

namespace jobraker::storage {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// True when `percent` of the limit are spent or promised. Below the limit the product fits: a
/// limit is at most nano_max.
bool reached(const SpendingRow& row, int percent) {
  if (!row.limit_nano)
    return false;
  auto committed = row.committed();
  return committed >= *row.limit_nano || committed * 100 >= *row.limit_nano * percent;
}

bool has_room(const SpendingRow& row, std::int64_t worst) {
  return !row.limit_nano || worst <= *row.limit_nano - row.committed();
}

/// Notes a threshold that has been reached, unless that is known already.
void raise(std::vector<SpendingRow>& rows, std::size_t row, int threshold,
           std::vector<Crossing>& crossed) {
  auto& raised = rows[row].raised;
  if (std::find(raised.begin(), raised.end(), threshold) != raised.end())
    return;
  raised.push_back(threshold);
  crossed.push_back({row, threshold});
}

void raise_reached(std::vector<SpendingRow>& rows, const std::vector<std::size_t>& which,
                   std::vector<Crossing>& crossed) {
  for (auto row : which)
    for (int threshold : budget_thresholds)
      if (reached(rows[row], threshold))
        raise(rows, row, threshold, crossed);
}

/// True when `a` has a larger share spent or promised than `b`; both have limits.
bool tighter(const SpendingRow& a, const SpendingRow& b) {
  // Only which one to name depends on this, so that rounding does no harm.
  auto share = [](const SpendingRow& row) {
    return *row.limit_nano == 0
             ? 1.0
             : static_cast<double>(row.committed()) / static_cast<double>(*row.limit_nano);
  };
  return share(a) > share(b);
}

BudgetVerdict refuse(std::vector<SpendingRow>& rows, const BudgetWish& wish) {
  BudgetVerdict verdict{.admitted = false, .level = BudgetLevel::refused};
  for (auto row : wish.rows) {
    if (has_room(rows[row], wish.worst_nano))
      continue;
    raise(rows, row, 100, verdict.crossed);
    if (!verdict.tightest || left_nano(rows[row]) < left_nano(rows[*verdict.tightest]))
      verdict.tightest = row;
  }
  return verdict;
}

}  // namespace

Time starts_on(BudgetPeriod period, Time now) {
  auto today = floor<days>(now);
  if (period == BudgetPeriod::day)
    return Time{today};
  year_month_day date{today};
  return Time{sys_days{date.year() / date.month() / 1}};
}

Time resets_at(BudgetPeriod period, Time starts_on) {
  auto first = floor<days>(starts_on);
  if (period == BudgetPeriod::day)
    return Time{first + days{1}};
  return Time{sys_days{year_month_day{first} + months{1}}};
}

std::vector<SpendingKey> spending_keys(std::optional<CompanyId> company, std::optional<UserId> user,
                                       Time now) {
  std::vector<SpendingKey> keys;
  auto add = [&](BudgetScope scope, const Uuid& id) {
    for (auto period : {BudgetPeriod::day, BudgetPeriod::month})
      keys.push_back({scope, id, period, starts_on(period, now)});
  };
  add(BudgetScope::global, {});
  if (company)
    add(BudgetScope::company, company->uuid);
  if (user)
    add(BudgetScope::user, user->uuid);
  return keys;
}

BudgetVerdict admit(std::vector<SpendingRow>& rows, const BudgetWish& wish) {
  for (auto row : wish.rows)
    if (!has_room(rows[row], wish.worst_nano))
      return refuse(rows, wish);
  BudgetVerdict verdict{.admitted = true};
  for (auto row : wish.rows) {
    rows[row].reserved_nano += wish.worst_nano;
    if (!rows[row].limit_nano)
      continue;
    verdict.level = std::max(verdict.level, level_of(rows[row]));
    if (!verdict.tightest || tighter(rows[row], rows[*verdict.tightest]))
      verdict.tightest = row;
  }
  raise_reached(rows, wish.rows, verdict.crossed);
  return verdict;
}

BookingVerdict book(std::vector<SpendingRow>& rows, const Booking& booking) {
  BookingVerdict verdict{.over_nano =
                           std::max<std::int64_t>(booking.cost_nano - booking.worst_nano, 0)};
  for (auto row : booking.rows) {
    rows[row].reserved_nano -= std::min(booking.worst_nano, rows[row].reserved_nano);
    rows[row].spent_nano += booking.cost_nano;
  }
  raise_reached(rows, booking.rows, verdict.crossed);
  return verdict;
}

std::optional<std::int64_t> left_nano(const SpendingRow& row) {
  if (!row.limit_nano)
    return std::nullopt;
  return std::max<std::int64_t>(*row.limit_nano - row.committed(), 0);
}

BudgetLevel level_of(const SpendingRow& row) {
  if (reached(row, 95))
    return BudgetLevel::economy;
  return reached(row, 80) ? BudgetLevel::alert : BudgetLevel::normal;
}

}  // namespace jobraker::storage
