// The log of model calls, looked through.
#include <algorithm>

#include "storage/operator_lists.hpp"
#include "storage/place.hpp"
#include "storage/row.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 1000;

// `$9` and `$10` are the place after which the page begins.
#define CALLS                                                                                      \
  "SELECT id, at, operation, provider, model, outcome, latency_ms, first_token_ms, tokens_in, "    \
  "tokens_cached, tokens_out, cost_nano, error, nullif(trace_id, ''), user_id, company_id "        \
  "FROM llm.calls WHERE at >= $1 AND at < $2 "                                                     \
  "AND ($3::boolean IS NULL OR (error IS NOT NULL) = $3) "                                         \
  "AND ($4::text IS NULL OR operation = $4) AND ($5::text IS NULL OR model = $5) "                 \
  "AND ($6::text IS NULL OR provider = $6) AND ($7::uuid IS NULL OR company_id = $7) "             \
  "AND ($8::uuid IS NULL OR user_id = $8) "

constexpr std::string_view newest_sql =
  CALLS "AND ($9::timestamptz IS NULL OR (at, id) < ($9, $10::uuid)) "
        "ORDER BY at DESC, id DESC LIMIT $11";
// The condition in words that the partial index has.
constexpr std::string_view newest_failed_sql =
  CALLS "AND error IS NOT NULL AND ($9::timestamptz IS NULL OR (at, id) < ($9, $10::uuid)) "
        "ORDER BY at DESC, id DESC LIMIT $11";
constexpr std::string_view slowest_sql =
  CALLS "AND ($9::bigint IS NULL OR (latency_ms, id) < ($9, $10::uuid)) "
        "ORDER BY latency_ms DESC, id DESC LIMIT $11";
constexpr std::string_view costliest_sql =
  CALLS "AND ($9::bigint IS NULL OR (cost_nano, id) < ($9, $10::uuid)) "
        "ORDER BY cost_nano DESC, id DESC LIMIT $11";

std::string_view sql_of(const ListModelCalls& query) {
  switch (query.order) {
  case CallOrder::slowest:
    return slowest_sql;
  case CallOrder::costliest:
    return costliest_sql;
  case CallOrder::newest:
    break;
  }
  return query.failed.value_or(false) ? newest_failed_sql : newest_sql;
}

struct Read {
  LoggedCall call{};
  std::int64_t cost_nano = 0;
};

Read to_call(const Row& row) {
  Read r;
  auto& c = r.call;
  row.read(c.id, c.at, c.operation, c.provider, c.model, c.outcome, c.latency_ms, c.first_token_ms,
           c.input, c.cached, c.output, r.cost_nano, c.error, c.trace_id, c.user_id, c.company_id);
  c.cost_usd = static_cast<double>(r.cost_nano) / 1e9;
  return r;
}

/// The place of a call in that order; a number stands where the time does.
std::string cursor_of(CallOrder order, const Read& last) {
  auto at = order == CallOrder::newest    ? last.call.at
            : order == CallOrder::slowest ? Time{std::chrono::microseconds{last.call.latency_ms}}
                                          : Time{std::chrono::microseconds{last.cost_nano}};
  return to_cursor({at, last.call.id.uuid});
}

}  // namespace

task<Result<LoggedCallPage>> list_model_calls(Session& session, ListModelCalls query) {
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  std::optional<Place> place;
  if (query.cursor && !(place = from_cursor(*query.cursor)))
    co_return fail(Errc::invalid, "the cursor is not one of this list");
  Params params{query.from,  query.to,       query.failed,     query.operation,
                query.model, query.provider, query.company_id, query.user_id};
  if (!place)
    params.add(std::optional<Time>{}).add(std::optional<Uuid>{});
  else if (query.order == CallOrder::newest)
    params.add(place->at).add(place->id);
  else
    params.add(place->at.time_since_epoch().count()).add(place->id);
  params.add(limit + 1);
  auto rows = co_await session.query(sql_of(query), std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  LoggedCallPage page;
  Read last;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i) {
    last = to_call((*rows)[i]);
    page.items.push_back(last.call);
  }
  if (rows->size() > limit)
    page.next = cursor_of(query.order, last);
  co_return page;
}

}  // namespace jobraker::storage
