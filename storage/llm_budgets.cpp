#include "storage/llm_budgets.hpp"

#include "storage/llm_spending_rows.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view set_budget_sql = R"sql(
  INSERT INTO llm.budgets (scope, scope_id, period, limit_nano, updated_by)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (scope, scope_id, period) DO UPDATE SET limit_nano = excluded.limit_nano,
    updated_by = excluded.updated_by, updated_at = now()
)sql";

constexpr std::string_view remove_budget_sql = R"sql(
  DELETE FROM llm.budgets WHERE scope = $1 AND scope_id = $2 AND period = $3
)sql";

constexpr std::string_view list_budgets_sql = R"sql(
  SELECT b.scope, b.scope_id, b.period, b.limit_nano, coalesce(s.spent_nano, 0),
    coalesce(s.reserved_nano, 0), b.updated_at, b.updated_by
  FROM llm.budgets b
  LEFT JOIN llm.spending s ON s.scope = b.scope AND s.scope_id = b.scope_id
    AND s.period = b.period
    AND s.starts_on = CASE b.period WHEN 'day' THEN $3::date ELSE $4::date END
  WHERE ($1::text IS NULL OR b.scope = $1) AND ($2::uuid IS NULL OR b.scope_id = $2)
  ORDER BY array_position(ARRAY['global', 'company', 'user'], b.scope), b.scope_id, b.period
)sql";

constexpr std::string_view list_alerts_sql = R"sql(
  SELECT scope, scope_id, period, starts_on, limit_nano, threshold, at FROM llm.budget_alerts
  WHERE starts_on >= $1::date ORDER BY at DESC, scope, scope_id, period, threshold LIMIT $2
)sql";

Budget to_budget(const Row& row, Time now) {
  Budget b;
  row.read(b.key.scope, b.key.scope_id, b.key.period, b.limit_nano, b.spent_nano, b.reserved_nano,
           b.updated_at, b.updated_by);
  b.key.starts_on = starts_on(b.key.period, now);
  b.left_nano = left_nano({b.key, b.limit_nano, b.spent_nano, b.reserved_nano, {}}).value_or(0);
  b.resets_at = resets_at(b.key.period, b.key.starts_on);
  return b;
}

}  // namespace

task<Done> set_budget(Session& session, BudgetScope scope, Uuid scope_id, BudgetPeriod period,
                      std::optional<std::int64_t> limit_nano, std::optional<UserId> updated_by) {
  if (limit_nano && (*limit_nano < 0 || *limit_nano > nano_max))
    co_return fail(Errc::invalid, "a budget's limit is out of range");
  if (scope == BudgetScope::global)
    scope_id = {};
  else if (!scope_id)
    co_return fail(Errc::invalid, "whose budget it is must be named");
  auto rows =
    limit_nano
      ? co_await session.query(set_budget_sql, {scope, scope_id, period, *limit_nano, updated_by})
      : co_await session.query(remove_budget_sql, {scope, scope_id, period});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<std::vector<Budget>>> list_budgets(Session& session, BudgetFilter filter, Time now) {
  auto rows = co_await session.query(list_budgets_sql, {filter.scope, filter.scope_id,
                                                        starts_on(BudgetPeriod::day, now),
                                                        starts_on(BudgetPeriod::month, now)});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<Budget> budgets;
  for (auto row : *rows)
    budgets.push_back(to_budget(row, now));
  co_return budgets;
}

task<Result<std::vector<BudgetAlert>>> list_budget_alerts(Session& session, Time since,
                                                          std::int64_t limit) {
  auto rows = co_await session.query(list_alerts_sql, {since, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<BudgetAlert> alerts;
  for (auto row : *rows) {
    auto& a = alerts.emplace_back();
    row.read(a.key.scope, a.key.scope_id, a.key.period);
    a.key.starts_on = to_date(row, 3);
    row.read_from(4, a.limit_nano, a.threshold, a.at);
  }
  co_return alerts;
}

}  // namespace jobraker::storage
