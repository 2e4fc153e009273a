#include "storage/quota.hpp"

namespace jobraker::storage {
namespace {

/// Two takers must not both find the last free place.
constexpr std::string_view lock_source_sql = R"sql(
  SELECT pg_advisory_xact_lock(hashtextextended('quota:' || $1::text, 0))
)sql";

/// A window is exhausted when its `limit`-th newest call is still inside; it has room again when
/// that one has left. A statement sees none of its own changes, so the windows are judged before
/// the call is added.
constexpr std::string_view take_sql = R"sql(
  WITH moment AS (
    SELECT greatest($2::timestamptz, (SELECT max(at) FROM source_hits WHERE source = $1)) AS at
  ), windows AS (
    SELECT make_interval(secs => seconds) AS length, calls
    FROM unnest($3::double precision[], $4::bigint[]) AS w (seconds, calls)
  ), exhausted AS (
    SELECT w.length, CASE WHEN w.calls <= 0 THEN m.at ELSE (
        SELECT h.at FROM source_hits h WHERE h.source = $1 AND h.at >= m.at - w.length
        ORDER BY h.at DESC OFFSET w.calls - 1 LIMIT 1) END AS blocking
    FROM windows w, moment m
  ), taken AS (
    INSERT INTO source_hits (source, at) SELECT $1, m.at FROM moment m
    WHERE NOT EXISTS (SELECT FROM exhausted WHERE blocking IS NOT NULL)
  ), pruned AS (
    DELETE FROM source_hits WHERE source = $1
    AND at < (SELECT m.at - max(w.length) FROM moment m, windows w GROUP BY m.at)
  )
  SELECT ceil(extract(epoch FROM max(blocking + length) - $2::timestamptz) * 1000)::bigint + 1
  FROM exhausted WHERE blocking IS NOT NULL
)sql";

constexpr std::string_view used_sql = R"sql(
  SELECT (SELECT count(*) FROM source_hits h
          WHERE h.source = $1 AND h.at >= $2::timestamptz - make_interval(secs => w.seconds))
  FROM unnest($3::double precision[]) WITH ORDINALITY AS w (seconds, place) ORDER BY w.place
)sql";

std::vector<std::int64_t> lengths_of(const std::vector<QuotaWindow>& windows) {
  std::vector<std::int64_t> lengths;
  for (const auto& window : windows)
    lengths.push_back(window.length.count());
  return lengths;
}

}  // namespace

task<Done> take_quota(Session& session, std::string source, std::vector<QuotaWindow> windows,
                      Time now) {
  std::vector<std::int64_t> limits;
  for (const auto& window : windows)
    limits.push_back(window.limit);
  auto wait = co_await session.transaction(
    [&](Transaction& transaction) -> task<Result<std::optional<std::int64_t>>> {
      auto locked = co_await transaction.query(lock_source_sql, {source});
      if (!locked)
        co_return fail(std::move(locked.error()));
      auto rows = co_await transaction.query(take_sql, {source, now, lengths_of(windows), limits});
      if (!rows)
        co_return fail(std::move(rows.error()));
      co_return rows->front().get<std::optional<std::int64_t>>(0);
    });
  if (!wait)
    co_return fail(std::move(wait.error()));
  if (*wait)
    co_return fail(Error{Errc::rate_limited,
                         "the source's rate limit is used up",
                         {},
                         std::chrono::milliseconds{**wait}});
  co_return Done{};
}

task<Result<std::vector<std::int64_t>>> quota_used(Session& session, std::string source,
                                                   std::vector<QuotaWindow> windows, Time now) {
  auto rows = co_await session.query(used_sql, {source, now, lengths_of(windows)});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<std::int64_t> used;
  for (auto row : *rows)
    used.push_back(row.get<std::int64_t>(0));
  co_return used;
}

}  // namespace jobraker::storage
