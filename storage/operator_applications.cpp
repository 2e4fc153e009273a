// The list of applications, and which of them are stuck.
#include <algorithm>

#include "messages/codec.hpp"
#include "storage/operator_lists.hpp"
#include "storage/place.hpp"
#include "storage/row.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 1000;

// The rules of `messages/stuck.hpp`, as `applications::stuck_by` reads them; a test holds the two
// against each other. A clock that a rule does not look at is always before the end of time.
#define RULES                                                                                      \
  "WITH rules AS MATERIALIZED (SELECT r.*, "                                                       \
  "CASE clock WHEN 'since' THEN before ELSE 'infinity' END AS since_before, "                      \
  "CASE clock WHEN 'wake' THEN before ELSE 'infinity' END AS wake_before "                         \
  "FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (reason text, statuses text[], "               \
  "phases text[], mark text, clock text, before timestamptz)) "                                    \
  "WITH ORDINALITY AS r (reason, statuses, phases, mark, clock, before, place))"
// What a rule `r` says of an application `a` beside its status.
#define FITS                                                                                       \
  "a.status_at < r.since_before AND coalesce(s.wake_at, '-infinity') < r.wake_before "             \
  "AND (r.phases = '{}' OR coalesce(s.phase, 'idle') = ANY (r.phases)) "                           \
  "AND CASE r.mark WHEN 'stale' THEN coalesce(s.stale, false) "                                    \
  "WHEN 'in_vain' THEN coalesce(s.in_vain, false) ELSE true END "
#define REASON                                                                                     \
  "(SELECT r.reason FROM rules r WHERE (r.statuses = '{}' OR a.status = ANY (r.statuses)) "        \
  "AND " FITS "ORDER BY r.place LIMIT 1)"
// Who is stuck and why, from rule to rule: through the index of statuses, or that of attempts under
// way for a rule that names no status.
#define STUCK                                                                                      \
  ", stuck AS (SELECT DISTINCT ON (id) id, reason FROM (SELECT a.id, r.place, r.reason "           \
  "FROM rules r JOIN applications a ON a.status = ANY (r.statuses) "                               \
  "LEFT JOIN submissions s ON s.application_id = a.id WHERE " FITS                                 \
  "UNION ALL SELECT a.id, r.place, r.reason FROM rules r JOIN submissions s "                      \
  "ON s.phase = ANY (r.phases) AND s.phase IN ('creating', 'looking', 'running') "                 \
  "JOIN applications a ON a.id = s.application_id WHERE r.statuses = '{}' AND " FITS               \
  ") found ORDER BY id, place) "
#define COLUMNS                                                                                    \
  "a.id, a.user_id, a.job_id, a.company, a.job_title, a.status, a.status_at, "                     \
  "nullif(s.run_id, ''), coalesce(s.fence, 0), s.wake_at, a.updated_at, why.reason "

// `$2` state, `$3` stuck, `$4` and `$5` the place after which the page begins, `$6` the limit.
constexpr std::string_view latest_sql =
  "SELECT * FROM (" RULES " SELECT " COLUMNS
  "FROM applications a LEFT JOIN submissions s ON s.application_id = a.id "
  "CROSS JOIN LATERAL (SELECT " REASON " AS reason) why WHERE ($2::text IS NULL OR a.status = $2) "
  "AND ($3::boolean IS NULL OR (why.reason IS NOT NULL) = $3) "
  "AND ($4::timestamptz IS NULL OR (a.status_at, a.id) < ($4, $5::uuid)) "
  "ORDER BY a.status_at DESC, a.id DESC LIMIT $6) page";

constexpr std::string_view stuck_sql =
  "SELECT * FROM (" RULES STUCK "SELECT " COLUMNS
  "FROM stuck why JOIN applications a ON a.id = why.id "
  "LEFT JOIN submissions s ON s.application_id = a.id WHERE ($2::text IS NULL OR a.status = $2) "
  "AND ($3::timestamptz IS NULL OR (a.status_at, a.id) > ($3, $4::uuid)) "
  "ORDER BY a.status_at, a.id LIMIT $5) page";

constexpr std::string_view count_sql =
  "SELECT * FROM (" RULES STUCK "SELECT reason, count(*) FROM stuck GROUP BY reason) counted";

std::string rules_json(const std::vector<StuckRule>& rules) {
  json::Writer w;
  json::write(w, rules);
  return w.text();
}

WatchedApplication to_watched(const Row& row) {
  WatchedApplication a;
  row.read(a.id, a.user_id, a.job_id, a.company, a.title, a.state, a.since, a.run_id, a.attempts,
           a.next_check_at, a.updated_at, a.stuck_reason);
  a.stuck = a.stuck_reason.has_value();
  return a;
}

}  // namespace

task<Result<WatchedApplicationPage>> watch_applications(Session& session, WatchApplications query,
                                                        std::vector<StuckRule> rules) {
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  std::optional<Time> at;
  std::optional<Uuid> id;
  if (query.cursor) {
    auto place = from_cursor(*query.cursor);
    if (!place)
      co_return fail(Errc::invalid, "the cursor is not one of this list");
    at = place->at;
    id = place->id;
  }
  const bool only_stuck = query.stuck.value_or(false);
  Params params{rules_json(rules), query.state};
  if (!only_stuck)
    params.add(query.stuck);
  params.add(at).add(id).add(limit + 1);
  auto rows = co_await session.query(only_stuck ? stuck_sql : latest_sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  WatchedApplicationPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_watched((*rows)[i]));
  if (rows->size() > limit)
    page.next = to_cursor({page.items.back().since, page.items.back().id.uuid});
  co_return page;
}

task<Result<std::vector<std::pair<StuckReason, std::int64_t>>>>
count_stuck(Session& session, std::vector<StuckRule> rules) {
  auto rows = co_await session.query(count_sql, {rules_json(rules)});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<std::pair<StuckReason, std::int64_t>> counts;
  for (const auto& row : *rows)
    counts.emplace_back(row.get<StuckReason>(0), row.get<std::int64_t>(1));
  co_return counts;
}

}  // namespace jobraker::storage
