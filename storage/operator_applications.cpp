// The list of applications, and which of them are stuck.
#include <algorithm>

#include "messages/codec.hpp"
#include "storage/operator_lists.hpp"
#include "storage/place.hpp"
#include "storage/row.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 500;

// The rules of `messages/stuck.hpp` on an application `a` with its submission `s`, as
// `applications::stuck_by` reads them; a test holds the two against each other.
#define RULES                                                                                      \
  "WITH rules AS MATERIALIZED (SELECT * FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS "         \
  "(reason text, statuses text[], phases text[], mark text, clock text, before timestamptz)) "     \
  "WITH ORDINALITY AS r (reason, statuses, phases, mark, clock, before, place)) "
#define REASON                                                                                     \
  "(SELECT r.reason FROM rules r WHERE (r.statuses = '{}' OR a.status = ANY (r.statuses)) "        \
  "AND (r.phases = '{}' OR coalesce(s.phase, 'idle') = ANY (r.phases)) "                           \
  "AND CASE r.mark WHEN 'stale' THEN coalesce(s.stale, false) "                                    \
  "WHEN 'in_vain' THEN coalesce(s.in_vain, false) ELSE true END "                                  \
  "AND CASE r.clock WHEN 'since' THEN a.status_at < r.before "                                     \
  "WHEN 'wake' THEN s.wake_at IS NULL OR s.wake_at < r.before ELSE true END "                      \
  "ORDER BY r.place LIMIT 1)"
#define ROWS                                                                                       \
  "SELECT a.id, a.user_id, a.job_id, a.company, a.job_title, a.status, a.status_at, "              \
  "nullif(s.run_id, ''), coalesce(s.fence, 0), s.wake_at, a.updated_at, why.reason "               \
  "FROM applications a LEFT JOIN submissions s ON s.application_id = a.id "                        \
  "CROSS JOIN LATERAL (SELECT " REASON " AS reason) why "

// `$2` state, `$3` stuck, `$4` and `$5` the place after which the page begins, `$6` the limit.
constexpr std::string_view latest_sql =
  "SELECT * FROM (" RULES ROWS "WHERE ($2::text IS NULL OR a.status = $2) "
  "AND ($3::boolean IS NULL OR (why.reason IS NOT NULL) = $3) "
  "AND ($4::timestamptz IS NULL OR (a.status_at, a.id) < ($4, $5::uuid)) "
  "ORDER BY a.status_at DESC, a.id DESC LIMIT $6) page";

// Whatever is stuck has one of these statuses, or an attempt under way.
#define MAY_BE_STUCK                                                                               \
  "a.id IN (SELECT id FROM applications WHERE status IN ('approved', 'queued', 'submitting', "     \
  "'needs_input', 'unknown') UNION ALL SELECT application_id FROM submissions "                    \
  "WHERE phase IN ('creating', 'looking', 'running')) "

constexpr std::string_view stuck_sql =
  "SELECT * FROM (" RULES ROWS "WHERE " MAY_BE_STUCK "AND ($2::text IS NULL OR a.status = $2) "
  "AND why.reason IS NOT NULL "
  "AND ($3::timestamptz IS NULL OR (a.status_at, a.id) > ($3, $4::uuid)) "
  "ORDER BY a.status_at, a.id LIMIT $5) page";

constexpr std::string_view count_sql =
  "SELECT reason, count(*) FROM (" RULES "SELECT " REASON " AS reason "
  "FROM applications a LEFT JOIN submissions s ON s.application_id = a.id WHERE " MAY_BE_STUCK
  ") found WHERE reason IS NOT NULL GROUP BY reason";

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
