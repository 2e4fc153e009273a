#include "storage/llm_calls.hpp"

#include <set>

#include "messages/context.hpp"
#include "messages/make_event.hpp"
#include "storage/outbox.hpp"

namespace jobraker::storage {
namespace {

// The roll-up takes what was inserted, so that a call counts once however often it is sent. Rows
// that several writers touch are taken in the order of their keys.
constexpr std::string_view append_calls_sql = R"sql(
  WITH sent AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[],
      $6::uuid[], $7::uuid[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
      $12::boolean[], $13::bigint[], $14::bigint[], $15::text[], $16::boolean[], $17::integer[],
      $18::text[], $19::text[], $20::text[], $21::boolean[])
    AS c (id, at, operation, provider, model, user_id, company_id, tokens_in, tokens_cached,
      tokens_out, cost_nano, estimated, latency_ms, first_token_ms, outcome, cache_hit, attempt,
      prompt_version, trace_id, error, failed)
  ), fresh AS (
    INSERT INTO llm.calls (id, at, operation, provider, model, user_id, company_id, tokens_in,
      tokens_cached, tokens_out, cost_nano, estimated, latency_ms, first_token_ms, outcome,
      cache_hit, attempt, prompt_version, trace_id, error)
    SELECT id, at, operation, provider, model,
      nullif(user_id, '00000000-0000-0000-0000-000000000000'),
      nullif(company_id, '00000000-0000-0000-0000-000000000000'), tokens_in, tokens_cached,
      tokens_out, cost_nano, estimated, latency_ms, nullif(first_token_ms, -1), outcome,
      cache_hit, attempt, prompt_version, trace_id, CASE WHEN failed THEN error END
    FROM sent ORDER BY id
    ON CONFLICT (id) DO NOTHING
    RETURNING *
  ), rolled AS (
    INSERT INTO llm.usage_hourly AS h (hour, operation, model, user_id, company_id, calls, errors,
      cache_hits, tokens_in, tokens_cached, tokens_out, cost_nano, latency_ms_sum,
      first_token_ms_sum, first_tokens)
    SELECT date_trunc('hour', at, 'UTC'), operation, model,
      coalesce(user_id, '00000000-0000-0000-0000-000000000000'),
      coalesce(company_id, '00000000-0000-0000-0000-000000000000'), count(*), count(error),
      count(*) FILTER (WHERE cache_hit), sum(tokens_in), sum(tokens_cached), sum(tokens_out),
      sum(cost_nano), sum(latency_ms), coalesce(sum(first_token_ms), 0), count(first_token_ms)
    FROM fresh GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (hour, operation, model, user_id, company_id) DO UPDATE SET
      calls = h.calls + excluded.calls,
      errors = h.errors + excluded.errors,
      cache_hits = h.cache_hits + excluded.cache_hits,
      tokens_in = h.tokens_in + excluded.tokens_in,
      tokens_cached = h.tokens_cached + excluded.tokens_cached,
      tokens_out = h.tokens_out + excluded.tokens_out,
      cost_nano = h.cost_nano + excluded.cost_nano,
      latency_ms_sum = h.latency_ms_sum + excluded.latency_ms_sum,
      first_token_ms_sum = h.first_token_ms_sum + excluded.first_token_ms_sum,
      first_tokens = h.first_tokens + excluded.first_tokens
  )
  SELECT id FROM fresh
)sql";

constexpr std::string_view forget_calls_sql = R"sql(
  DELETE FROM llm.calls WHERE id IN (SELECT id FROM llm.calls WHERE at < $1 ORDER BY at LIMIT $2)
)sql";

/// One column of all calls.
template <class Get>
auto column(const std::vector<CallRecord>& calls, Get get) {
  std::vector<std::decay_t<std::invoke_result_t<Get, const CallRecord&>>> values;
  values.reserve(calls.size());
  for (const auto& call : calls)
    values.push_back(get(call));
  return values;
}

/// Lists cannot hold NULL here: nobody is the zero UUID, no first token is -1.
Params params_of(const std::vector<CallRecord>& calls) {
  Params params;
  params.add(column(calls, [](auto& c) { return c.id; }))
    .add(column(calls, [](auto& c) { return c.at; }))
    .add(column(calls, [](auto& c) { return c.operation; }))
    .add(column(calls, [](auto& c) { return c.provider; }))
    .add(column(calls, [](auto& c) { return c.model; }))
    .add(column(calls, [](auto& c) { return c.user_id.value_or(UserId{}); }))
    .add(column(calls, [](auto& c) { return c.company_id.value_or(CompanyId{}); }))
    .add(column(calls, [](auto& c) { return c.tokens_in; }))
    .add(column(calls, [](auto& c) { return c.tokens_cached; }))
    .add(column(calls, [](auto& c) { return c.tokens_out; }))
    .add(column(calls, [](auto& c) { return c.cost_nano; }))
    .add(column(calls, [](auto& c) { return c.estimated; }))
    .add(column(calls, [](auto& c) { return c.latency_ms; }))
    .add(column(calls, [](auto& c) { return c.first_token_ms.value_or(-1); }))
    .add(column(calls, [](auto& c) { return c.outcome; }))
    .add(column(calls, [](auto& c) { return c.cache_hit; }))
    .add(column(calls, [](auto& c) { return c.attempt; }))
    .add(column(calls, [](auto& c) { return c.prompt_version; }))
    .add(column(calls, [](auto& c) { return c.trace_id; }))
    .add(column(calls, [](auto& c) { return c.error.value_or(""); }))
    .add(column(calls, [](auto& c) { return c.error.has_value(); }));
  return params;
}

/// Stores calls; answers the ids of those that were new.
task<Result<std::set<Uuid>>> store(Session& session, const std::vector<CallRecord>& calls) {
  auto rows = co_await session.query(append_calls_sql, params_of(calls));
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::set<Uuid> fresh;
  for (auto row : *rows)
    fresh.insert(row.get<Uuid>(0));
  co_return fresh;
}

/// The call as a span of its trace; empty when the trace is not one.
std::string traceparent_of(const CallRecord& call) {
  auto id = to_string(call.id);
  auto header = "00-" + call.trace_id + "-" + id.substr(19, 4) + id.substr(24) + "-01";
  return Trace::parse(header) ? header : "";
}

Event event_of(const CallRecord& call) {
  LlmCall happened;
  happened.call_id = call.id;
  happened.operation = call.operation;
  happened.provider = call.provider;
  happened.model = call.model;
  happened.user_id = call.user_id;
  happened.company_id = call.company_id;
  happened.tokens_in = call.tokens_in;
  happened.tokens_cached = call.tokens_cached;
  happened.tokens_out = call.tokens_out;
  happened.cost_nano = call.cost_nano;
  happened.latency_ms = call.latency_ms;
  happened.first_token_ms = call.first_token_ms;
  happened.outcome = call.outcome;
  happened.cache_hit = call.cache_hit;
  happened.prompt_version = call.prompt_version;
  return make_event(happened, call.at, traceparent_of(call));
}

/// Of the calls with these ids, each once.
std::vector<Event> events_of(const std::vector<CallRecord>& calls, std::set<Uuid> ids) {
  std::vector<Event> events;
  events.reserve(ids.size());
  for (const auto& call : calls)
    if (ids.erase(call.id) != 0)
      events.push_back(event_of(call));
  return events;
}

}  // namespace

task<Result<std::size_t>> append_calls(Session& session, std::vector<CallRecord> calls, bool tell) {
  if (calls.empty())
    co_return std::size_t{0};
  if (!tell) {
    auto fresh = co_await store(session, calls);
    if (!fresh)
      co_return fail(std::move(fresh.error()));
    co_return fresh->size();
  }
  co_return co_await session.transaction([&](Transaction& t) -> task<Result<std::size_t>> {
    auto fresh = co_await store(t, calls);
    if (!fresh)
      co_return fail(std::move(fresh.error()));
    if (auto told = co_await append_events(t, events_of(calls, *fresh)); !told)
      co_return fail(std::move(told.error()));
    co_return fresh->size();
  });
}

task<Result<std::size_t>> forget_calls(Session& session, Time before, std::int64_t limit) {
  auto rows = co_await session.query(forget_calls_sql, {before, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace jobraker::storage
