#include <algorithm>

#include "storage/llm_calls.hpp"

namespace jobraker::storage {
namespace {

// The roll-ups of the whole hours from $7 to $8, and calls of the parts of hours before and after
// them.
constexpr std::string_view metrics_sql = R"sql(
  SELECT
    CASE WHEN $9::boolean THEN nullif(company_id, '00000000-0000-0000-0000-000000000000') END,
    CASE WHEN $10::boolean THEN nullif(user_id, '00000000-0000-0000-0000-000000000000') END,
    CASE WHEN $11::boolean THEN operation END,
    CASE WHEN $12::boolean THEN model END,
    CASE WHEN $13::text <> '' THEN date_trunc($13::text, hour, 'UTC') END,
    sum(calls)::bigint, sum(errors)::bigint, sum(cache_hits)::bigint, sum(tokens_in)::bigint,
    sum(tokens_cached)::bigint, sum(tokens_out)::bigint, sum(cost_nano)::bigint,
    sum(latency_ms_sum)::bigint, sum(first_token_ms_sum)::bigint, sum(first_tokens)::bigint
  FROM (
    SELECT hour, operation, model, user_id, company_id, calls, errors, cache_hits, tokens_in,
      tokens_cached, tokens_out, cost_nano, latency_ms_sum, first_token_ms_sum, first_tokens
    FROM llm.usage_hourly
    WHERE hour >= $7::timestamptz AND hour < $8::timestamptz
      AND ($1::uuid IS NULL OR company_id = $1) AND ($2::uuid IS NULL OR user_id = $2)
      AND ($3::text IS NULL OR operation = $3) AND ($4::text IS NULL OR model = $4)
    UNION ALL
    SELECT date_trunc('hour', at, 'UTC'), operation, model,
      coalesce(user_id, '00000000-0000-0000-0000-000000000000'),
      coalesce(company_id, '00000000-0000-0000-0000-000000000000'), 1, (error IS NOT NULL)::integer,
      cache_hit::integer, tokens_in, tokens_cached, tokens_out, cost_nano, latency_ms,
      coalesce(first_token_ms, 0), (first_token_ms IS NOT NULL)::integer
    FROM llm.calls
    WHERE (at >= $5::timestamptz AND at < $7::timestamptz
           OR at >= $8::timestamptz AND at < $6::timestamptz)
      AND ($1::uuid IS NULL OR company_id = $1) AND ($2::uuid IS NULL OR user_id = $2)
      AND ($3::text IS NULL OR operation = $3) AND ($4::text IS NULL OR model = $4)
  ) AS usage
  GROUP BY 1, 2, 3, 4, 5
  ORDER BY 5, sum(cost_nano) DESC, 1, 2, 3, 4 LIMIT $14
)sql";

MetricsRow to_metrics(const Row& row) {
  MetricsRow m;
  auto& s = m.sums;
  row.read(m.company, m.user, m.operation, m.model, m.at, s.calls, s.errors, s.cache_hits,
           s.tokens_in, s.tokens_cached, s.tokens_out, s.cost_nano, s.latency_ms_sum,
           s.first_token_ms_sum, s.first_tokens);
  return m;
}

void add(UsageSums& sum, const UsageSums& more) {
  sum.calls += more.calls;
  sum.errors += more.errors;
  sum.cache_hits += more.cache_hits;
  sum.tokens_in += more.tokens_in;
  sum.tokens_cached += more.tokens_cached;
  sum.tokens_out += more.tokens_out;
  sum.cost_nano += more.cost_nano;
  sum.latency_ms_sum += more.latency_ms_sum;
  sum.first_token_ms_sum += more.first_token_ms_sum;
  sum.first_tokens += more.first_tokens;
}

Params params_of(const MetricsQuery& query) {
  auto by = [&](MetricsGroup group) {
    return std::find(query.group_by.begin(), query.group_by.end(), group) != query.group_by.end();
  };
  auto first = std::chrono::ceil<std::chrono::hours>(query.from);
  auto last = std::chrono::floor<std::chrono::hours>(query.to);
  // Within one hour there is no whole one: all of it comes from the log.
  last = std::max(first, last);
  Time rolled_from{first};
  Time rolled_to{last};
  if (rolled_from >= query.to)
    rolled_from = rolled_to = query.to;
  std::string_view span = by(MetricsGroup::hour) ? "hour" : by(MetricsGroup::day) ? "day" : "";
  return {query.company,
          query.user,
          query.operation,
          query.model,
          query.from,
          query.to,
          rolled_from,
          rolled_to,
          by(MetricsGroup::company),
          by(MetricsGroup::user),
          by(MetricsGroup::operation),
          by(MetricsGroup::model),
          span,
          metrics_rows_max + 1};
}

}  // namespace

task<Result<LlmMetrics>> llm_metrics(Session& session, MetricsQuery query) {
  auto by = [&](MetricsGroup group) {
    return std::count(query.group_by.begin(), query.group_by.end(), group) > 0;
  };
  if (query.to <= query.from)
    co_return fail(Errc::invalid, "`to` must be after `from`");
  if (by(MetricsGroup::day) && by(MetricsGroup::hour))
    co_return fail(Errc::invalid, "group by day or by hour, not by both");
  auto rows = co_await session.query(metrics_sql, params_of(query));
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->size() > metrics_rows_max)
    co_return fail(Errc::too_large, "there are more than 10000 groups: ask for fewer");
  LlmMetrics metrics;
  for (auto row : *rows)
    add(metrics.totals, metrics.rows.emplace_back(to_metrics(row)).sums);
  co_return metrics;
}

}  // namespace jobraker::storage
