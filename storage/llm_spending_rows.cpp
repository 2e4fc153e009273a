#include "storage/llm_spending_rows.hpp"

#include <iterator>

#include "messages/together.hpp"

namespace jobraker::storage {
namespace {

// All of the rows or, when one is not there yet, none: whoever has to make rows holds no lock while
// it waits for others who make them, so that the order of locks stays the order of keys.
constexpr std::string_view lock_spending_sql = R"sql(
  SELECT w.place, s.spent_nano, s.reserved_nano, b.limit_nano, ARRAY(
    SELECT a.threshold FROM llm.budget_alerts a
    WHERE a.scope = s.scope AND a.scope_id = s.scope_id AND a.period = s.period
      AND a.starts_on = s.starts_on AND a.limit_nano = b.limit_nano)
  FROM unnest($1::text[], $2::uuid[], $3::text[], $4::date[]) WITH ORDINALITY
    AS w (scope, scope_id, period, starts_on, place)
  JOIN llm.spending s ON s.scope = w.scope AND s.scope_id = w.scope_id AND s.period = w.period
    AND s.starts_on = w.starts_on
  LEFT JOIN llm.budgets b ON b.scope = s.scope AND b.scope_id = s.scope_id AND b.period = s.period
  WHERE cardinality($1::text[]) = (
    SELECT count(*) FROM unnest($1::text[], $2::uuid[], $3::text[], $4::date[])
      AS k (scope, scope_id, period, starts_on)
    JOIN llm.spending t ON t.scope = k.scope AND t.scope_id = k.scope_id AND t.period = k.period
      AND t.starts_on = k.starts_on)
  ORDER BY w.place FOR UPDATE OF s
)sql";

constexpr std::string_view make_spending_sql = R"sql(
  INSERT INTO llm.spending (scope, scope_id, period, starts_on)
  SELECT scope, scope_id, period, starts_on
  FROM unnest($1::text[], $2::uuid[], $3::text[], $4::date[]) WITH ORDINALITY
    AS w (scope, scope_id, period, starts_on, place)
  ORDER BY place
  ON CONFLICT DO NOTHING
)sql";

// The rows are locked, so that what was computed from them can be written as it is. A call that
// somebody else has made since we looked is a unique violation.
constexpr std::string_view store_spending_sql = R"sql(/* last */
  WITH call AS (
    SELECT * FROM unnest($2::bytea[], $3::text[], $4::bigint[], $5::integer[], $6::timestamptz[],
                         $7::text[], $8::text[], $9::boolean[])
      AS u (key, state, fence, attempts, lease_until, outcome, detail, fresh)
  ), made AS (
    INSERT INTO effects (kind, key, state, fence, attempts, lease_until, outcome, detail)
    SELECT $1, key, state, fence, attempts, lease_until, nullif(outcome, '')::jsonb, detail::jsonb
    FROM call WHERE fresh
  ), changed AS (
    UPDATE effects e SET state = c.state, fence = c.fence, attempts = c.attempts,
      lease_until = c.lease_until, outcome = nullif(c.outcome, '')::jsonb,
      detail = c.detail::jsonb, updated_at = now()
    FROM call c WHERE NOT c.fresh AND e.kind = $1 AND e.key = c.key
  ), money AS (
    UPDATE llm.spending s SET spent_nano = u.spent_nano, reserved_nano = u.reserved_nano
    FROM unnest($10::text[], $11::uuid[], $12::text[], $13::date[], $14::bigint[], $15::bigint[])
      AS u (scope, scope_id, period, starts_on, spent_nano, reserved_nano)
    WHERE s.scope = u.scope AND s.scope_id = u.scope_id AND s.period = u.period
      AND s.starts_on = u.starts_on
  )
  INSERT INTO llm.budget_alerts (scope, scope_id, period, starts_on, threshold, limit_nano, at)
  SELECT scope, scope_id, period, starts_on, threshold, limit_nano, at
  FROM unnest($16::text[], $17::uuid[], $18::text[], $19::date[], $20::integer[], $21::bigint[],
              $22::timestamptz[])
    AS u (scope, scope_id, period, starts_on, threshold, limit_nano, at)
  ON CONFLICT DO NOTHING
  RETURNING scope, scope_id, period, starts_on, threshold, limit_nano, at
)sql";

/// One column of a list.
template <class T, class Get>
auto column(const std::vector<T>& list, Get get) {
  std::vector<std::decay_t<std::invoke_result_t<Get, const T&>>> values;
  values.reserve(list.size());
  for (const auto& element : list)
    values.push_back(get(element));
  return values;
}

const SpendingKey& key_of(const SpendingKey& key) { return key; }
template <class T>
const SpendingKey& key_of(const T& named) {
  return named.key;
}

/// The four columns that name a row of spending.
template <class T>
void add_keys(Params& params, const std::vector<T>& list) {
  params.add(column(list, [](auto& e) { return key_of(e).scope; }))
    .add(column(list, [](auto& e) { return key_of(e).scope_id; }))
    .add(column(list, [](auto& e) { return key_of(e).period; }))
    .add(column(list, [](auto& e) { return key_of(e).starts_on; }));
}

Params params_of(const std::vector<SpendingKey>& keys) {
  Params params;
  add_keys(params, keys);
  return params;
}

std::vector<SpendingRow> to_spending(const Rows& rows, const std::vector<SpendingKey>& keys) {
  std::vector<SpendingRow> spending;
  spending.reserve(rows.size());
  for (auto row : rows) {
    auto& s = spending.emplace_back();
    s.key = keys.at(row.get<std::size_t>(0) - 1);
    row.read_from(1, s.spent_nano, s.reserved_nano, s.limit_nano, s.raised);
  }
  return spending;
}

}  // namespace

task<Result<std::vector<SpendingRow>>> lock_spending(Session& session,
                                                     std::vector<SpendingKey> keys) {
  if (keys.empty())
    co_return std::vector<SpendingRow>{};
  auto rows = co_await session.query(lock_spending_sql, params_of(keys));
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->size() < keys.size()) {
    // The first call of somebody in a period.
    auto [made, locked] = co_await together(session.query(make_spending_sql, params_of(keys)),
                                            session.query(lock_spending_sql, params_of(keys)));
    if (!made)
      co_return fail(std::move(made.error()));
    rows = std::move(locked);
    if (!rows)
      co_return fail(std::move(rows.error()));
    if (rows->size() < keys.size())
      co_return fail(Errc::unavailable, "spending rows are being deleted");
  }
  co_return to_spending(*rows, keys);
}

task<Result<std::vector<BudgetAlert>>> store_spending(Session& session, SpendingChanges changes) {
  std::vector<BudgetAlert> raised;
  auto& [made, changed, rows, alerts] = changes;
  if (made.empty() && changed.empty() && rows.empty() && alerts.empty())
    co_return raised;
  std::vector<bool> fresh(made.size(), true);
  fresh.resize(made.size() + changed.size(), false);
  std::move(changed.begin(), changed.end(), std::back_inserter(made));
  Params params{llm_call.name};
  add_effect_columns(params, made);
  params.add(fresh);
  add_keys(params, rows);
  params.add(column(rows, [](auto& r) { return r.spent_nano; })).add(column(rows, [](auto& r) {
    return r.reserved_nano;
  }));
  add_keys(params, alerts);
  params.add(column(alerts, [](auto& a) { return a.threshold; }))
    .add(column(alerts, [](auto& a) { return a.limit_nano; }))
    .add(column(alerts, [](auto& a) { return a.at; }));
  auto stored = co_await session.query(store_spending_sql, std::move(params));
  if (!stored)
    co_return fail(std::move(stored.error()));
  for (auto row : *stored) {
    auto& a = raised.emplace_back();
    row.read(a.key.scope, a.key.scope_id, a.key.period);
    a.key.starts_on = to_date(row, 3);
    row.read_from(4, a.threshold, a.limit_nano, a.at);
  }
  co_return raised;
}

Time to_date(const Row& row, std::size_t column) {
  auto date = parse_rfc3339(row.get<std::string>(column));
  if (!date)
    throw BadColumn("column holds no date");
  return *date;
}

}  // namespace jobraker::storage
