#include "tools/analytics/tables.hpp"

namespace jobraker::analytics {
namespace {

// Rows go in by their keys, and the tables in one order: no two writers wait for each other.
constexpr std::string_view postings_sql = R"sql(
  INSERT INTO analytics.postings AS p (job_id, first_at, version, told_at, event, trade, country)
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::timestamptz[], $5::uuid[],
    $6::text[], $7::text[]) AS u (job) ORDER BY job
  ON CONFLICT (job_id) DO UPDATE SET first_at = least(p.first_at, excluded.first_at),
    (version, told_at, event, trade, country) = (
      SELECT * FROM (VALUES (p.version, p.told_at, p.event, p.trade, p.country),
        (excluded.version, excluded.told_at, excluded.event, excluded.trade, excluded.country)) AS v
      ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT 1)
)sql";

constexpr std::string_view applications_sql = R"sql(
  INSERT INTO analytics.applications AS a (application_id, first_at, seq, changed_at, outcome)
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::timestamptz[], $5::text[])
    AS u (application) ORDER BY application
  ON CONFLICT (application_id) DO UPDATE SET first_at = least(a.first_at, excluded.first_at),
    (seq, changed_at, outcome) = (
      SELECT * FROM (VALUES (a.seq, a.changed_at, a.outcome),
        (excluded.seq, excluded.changed_at, excluded.outcome)) AS v ORDER BY 1 DESC LIMIT 1)
)sql";

constexpr std::string_view matches_sql = R"sql(
  INSERT INTO analytics.matches_daily AS m (day, found_by, matches)
  SELECT * FROM unnest($1::date[], $2::text[], $3::bigint[]) AS u (a, b) ORDER BY a, b
  ON CONFLICT (day, found_by) DO UPDATE SET matches = m.matches + excluded.matches
)sql";

constexpr std::string_view digests_sql = R"sql(
  INSERT INTO analytics.digests_daily AS d (day, digests, jobs)
  SELECT * FROM unnest($1::date[], $2::bigint[], $3::bigint[]) AS u (a) ORDER BY a
  ON CONFLICT (day) DO UPDATE SET digests = d.digests + excluded.digests,
    jobs = d.jobs + excluded.jobs
)sql";

constexpr std::string_view turns_sql = R"sql(
  INSERT INTO analytics.chat_turns_daily AS t (day, outcome, turns)
  SELECT * FROM unnest($1::date[], $2::text[], $3::bigint[]) AS u (a, b) ORDER BY a, b
  ON CONFLICT (day, outcome) DO UPDATE SET turns = t.turns + excluded.turns
)sql";

constexpr std::string_view calls_sql = R"sql(
  INSERT INTO analytics.model_calls_daily AS c (day, operation, model, calls, cache_hits, tokens_in,
    tokens_out, cost_nano)
  SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
    $7::bigint[], $8::bigint[]) AS u (a, b, c) ORDER BY a, b, c
  ON CONFLICT (day, operation, model) DO UPDATE SET calls = c.calls + excluded.calls,
    cache_hits = c.cache_hits + excluded.cache_hits, tokens_in = c.tokens_in + excluded.tokens_in,
    tokens_out = c.tokens_out + excluded.tokens_out, cost_nano = c.cost_nano + excluded.cost_nano
)sql";

/// One column of all entries of a map.
template <class Map, class Get>
auto column(const Map& map, Get get) {
  using Value = std::decay_t<std::invoke_result_t<Get, decltype(*map.begin())>>;
  std::vector<Value> values;
  values.reserve(map.size());
  for (const auto& entry : map)
    values.push_back(get(entry));
  return values;
}

storage::Params postings_params(const Tally& tally) {
  const auto& all = tally.postings;
  return {column(all, [](auto& e) { return e.first; }),
          column(all, [](auto& e) { return e.second.first_at; }),
          column(all, [](auto& e) { return e.second.version; }),
          column(all, [](auto& e) { return e.second.told_at; }),
          column(all, [](auto& e) { return e.second.event; }),
          column(all, [](auto& e) { return e.second.trade; }),
          column(all, [](auto& e) { return e.second.country; })};
}

storage::Params applications_params(const Tally& tally) {
  const auto& all = tally.applications;
  return {column(all, [](auto& e) { return e.first; }),
          column(all, [](auto& e) { return e.second.first_at; }),
          column(all, [](auto& e) { return e.second.seq; }),
          column(all, [](auto& e) { return e.second.changed_at; }),
          column(all, [](auto& e) { return e.second.outcome; })};
}

/// Day, label, number.
template <class Map>
storage::Params labelled_params(const Map& all) {
  return {column(all, [](auto& e) { return std::get<0>(e.first); }),
          column(all, [](auto& e) { return std::get<1>(e.first); }),
          column(all, [](auto& e) { return e.second; })};
}

storage::Params digests_params(const Tally& tally) {
  const auto& all = tally.digests;
  return {column(all, [](auto& e) { return e.first; }),
          column(all, [](auto& e) { return e.second.digests; }),
          column(all, [](auto& e) { return e.second.jobs; })};
}

storage::Params calls_params(const Tally& tally) {
  const auto& all = tally.calls;
  return {column(all, [](auto& e) { return std::get<0>(e.first); }),
          column(all, [](auto& e) { return std::get<1>(e.first); }),
          column(all, [](auto& e) { return std::get<2>(e.first); }),
          column(all, [](auto& e) { return e.second.calls; }),
          column(all, [](auto& e) { return e.second.cache_hits; }),
          column(all, [](auto& e) { return e.second.tokens_in; }),
          column(all, [](auto& e) { return e.second.tokens_out; }),
          column(all, [](auto& e) { return e.second.cost_nano; })};
}

}  // namespace

task<Done> add_to_tables(storage::Session& session, const Tally& tally) {
  struct Write {
    std::string_view sql;
    bool empty;
    storage::Params params;
  };
  Write writes[] = {{postings_sql, tally.postings.empty(), postings_params(tally)},
                    {applications_sql, tally.applications.empty(), applications_params(tally)},
                    {matches_sql, tally.matches.empty(), labelled_params(tally.matches)},
                    {digests_sql, tally.digests.empty(), digests_params(tally)},
                    {turns_sql, tally.turns.empty(), labelled_params(tally.turns)},
                    {calls_sql, tally.calls.empty(), calls_params(tally)}};
  for (auto& write : writes) {
    if (write.empty)
      continue;
    auto rows = co_await session.query(write.sql, std::move(write.params));
    if (!rows)
      co_return fail(std::move(rows.error()));
  }
  co_return Done{};
}

}  // namespace jobraker::analytics
