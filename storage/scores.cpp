#include "storage/scores.hpp"

#include "storage/job_row.hpp"

namespace jobraker::storage {
namespace {

#define SCORE_COLUMNS                                                                              \
  "user_id, job_id, version, compatibility_score, confidence_score, ai_reasoning, "                \
  "match_factors, mismatch_factors, skills_match_score, location_match_score, "                    \
  "experience_match_score, salary_match_score, culture_match_score, created_at"

// Lists of different lengths cannot be unnested, so each travels as the text of an array.
constexpr std::string_view store_scores_sql =
  "WITH given AS MATERIALIZED (SELECT a AS user_id, b AS job_id, c AS version, d, e, f, "
  "g::text[] AS g, h::text[] AS h, i, j, k, l, m, n FROM unnest($1::uuid[], $2::uuid[], "
  "$3::bigint[], $4::double precision[], $5::double precision[], $6::text[], $7::text[], "
  "$8::text[], $9::double precision[], $10::double precision[], $11::double precision[], "
  "$12::double precision[], $13::double precision[], $14::timestamptz[]) "
  "AS s (a, b, c, d, e, f, g, h, i, j, k, l, m, n)), "
  "known AS MATERIALIZED (SELECT g.user_id, g.job_id FROM given g WHERE EXISTS (SELECT FROM "
  "job_scores o WHERE o.user_id = g.user_id AND o.job_id = g.job_id)), "
  "stored AS (INSERT INTO job_scores AS o (" SCORE_COLUMNS ", judged_by) "
  "SELECT user_id, job_id, version, d, e, f, g, h, i, j, k, l, m, n, $15 FROM given s "
  "WHERE $15::text <> 'rubric' OR NOT EXISTS (SELECT FROM batch_items t JOIN batches u "
  "ON u.id = t.batch_id WHERE t.job_id = s.job_id AND t.state = 'scored' "
  "AND u.user_id = s.user_id AND u.score_version = s.version) "
  "ON CONFLICT (user_id, job_id, version) DO UPDATE SET (" SCORE_COLUMNS ", judged_by) = ("
  "excluded.user_id, excluded.job_id, excluded.version, excluded.compatibility_score, "
  "excluded.confidence_score, excluded.ai_reasoning, excluded.match_factors, "
  "excluded.mismatch_factors, excluded.skills_match_score, excluded.location_match_score, "
  "excluded.experience_match_score, excluded.salary_match_score, excluded.culture_match_score, "
  "excluded.created_at, excluded.judged_by) WHERE o.judged_by = 'rubric' "
  "RETURNING user_id, job_id, xmax = 0 AS inserted) "
  "SELECT s.user_id, s.job_id, s.inserted AND NOT EXISTS (SELECT FROM known n "
  "WHERE n.user_id = s.user_id AND n.job_id = s.job_id) FROM stored s";

constexpr std::string_view drop_judged_sql = R"sql(
  DELETE FROM job_scores
  WHERE user_id = $1 AND version = $2 AND job_id = ANY ($3::uuid[]) AND judged_by = 'rubric'
)sql";

constexpr std::string_view drop_unsuited_sql = R"sql(
  DELETE FROM job_scores
  WHERE job_id = $1 AND judged_by = 'rubric' AND NOT user_id = ANY ($2::uuid[])
  RETURNING user_id
)sql";

constexpr std::string_view scored_jobs_sql = R"sql(
  SELECT job_id FROM job_scores WHERE user_id = $1 AND version = $2 AND judged_by = 'model'
  UNION
  SELECT i.job_id FROM batches b JOIN batch_items i ON i.batch_id = b.id AND i.state = 'scored'
  WHERE b.user_id = $1 AND b.score_version = $2
)sql";

// A run under a new version replaces what was found for the profile as it was before: once it has
// ended with a judgement, older versions no longer count.
constexpr std::string_view list_matches_sql =
  "SELECT " JOB_COLUMNS ", s.* FROM (SELECT DISTINCT ON (job_id) " SCORE_COLUMNS
  " FROM job_scores WHERE user_id = $1 AND version >= coalesce((SELECT max(b.score_version) "
  "FROM batches b WHERE b.user_id = $1 AND b.finished_at IS NOT NULL AND EXISTS (SELECT 1 FROM "
  "batch_items i WHERE i.batch_id = b.id AND i.state = 'scored')), 0) "
  "ORDER BY job_id, version DESC) s "
  "JOIN jobs j ON j.id = s.job_id WHERE j.status = 'active' AND s.compatibility_score >= $2 "
  "ORDER BY s.compatibility_score DESC, s.confidence_score DESC, s.job_id LIMIT $3 OFFSET $4";

JobScore to_score(const Row& row, std::size_t first) {
  JobScore s;
  row.read_from(first, s.user_id, s.job_id, s.version, s.compatibility_score, s.confidence_score,
                s.ai_reasoning, s.match_factors, s.mismatch_factors, s.skills_match_score,
                s.location_match_score, s.experience_match_score, s.salary_match_score,
                s.culture_match_score, s.created_at);
  return s;
}

/// One column of all scores.
template <class Get>
auto column(const std::vector<JobScore>& scores, Get get) {
  std::vector<std::decay_t<std::invoke_result_t<Get, const JobScore&>>> values;
  values.reserve(scores.size());
  for (const auto& score : scores)
    values.push_back(get(score));
  return values;
}

}  // namespace

task<Result<std::vector<StoredScore>>> store_scores(Session& session, std::vector<JobScore> scores,
                                                    JudgedBy judged_by) {
  std::vector<StoredScore> stored;
  if (scores.empty())
    co_return stored;
  auto time = now();
  Params params;
  params.add(column(scores, [](auto& s) { return s.user_id; }))
    .add(column(scores, [](auto& s) { return s.job_id; }))
    .add(column(scores, [](auto& s) { return s.version; }))
    .add(column(scores, [](auto& s) { return s.compatibility_score; }))
    .add(column(scores, [](auto& s) { return s.confidence_score; }))
    .add(column(scores, [](auto& s) { return s.ai_reasoning; }))
    .add(column(scores, [](auto& s) { return array_literal(s.match_factors); }))
    .add(column(scores, [](auto& s) { return array_literal(s.mismatch_factors); }))
    .add(column(scores, [](auto& s) { return s.skills_match_score; }))
    .add(column(scores, [](auto& s) { return s.location_match_score; }))
    .add(column(scores, [](auto& s) { return s.experience_match_score; }))
    .add(column(scores, [](auto& s) { return s.salary_match_score; }))
    .add(column(scores, [](auto& s) { return s.culture_match_score; }))
    .add(column(scores, [&](auto& s) { return s.created_at == Time{} ? time : s.created_at; }))
    .add(judged_by);
  auto rows = co_await session.query(store_scores_sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  for (auto row : *rows) {
    auto& one = stored.emplace_back();
    row.read(one.user, one.job, one.first);
  }
  co_return stored;
}

task<Result<std::size_t>> insert_scores(Session& session, std::vector<JobScore> scores) {
  auto stored = co_await store_scores(session, std::move(scores), JudgedBy::model);
  if (!stored)
    co_return fail(std::move(stored.error()));
  co_return stored->size();
}

task<Done> drop_rubric_scores(Session& session, UserId user, std::int64_t version,
                              std::vector<JobId> jobs) {
  if (jobs.empty())
    co_return Done{};
  auto rows = co_await session.query(drop_judged_sql, {user, version, jobs});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<std::vector<UserId>>> drop_rubric_scores(Session& session, JobId job,
                                                     std::vector<UserId> but_for) {
  auto rows = co_await session.query(drop_unsuited_sql, {job, but_for});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<UserId> users;
  for (auto row : *rows)
    users.push_back(row.get<UserId>(0));
  co_return users;
}

task<Result<std::vector<JobId>>> scored_jobs(Session& session, UserId user, std::int64_t version) {
  auto rows = co_await session.query(scored_jobs_sql, {user, version});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<JobId> ids;
  ids.reserve(rows->size());
  for (auto row : *rows)
    ids.push_back(row.get<JobId>(0));
  co_return ids;
}

task<Result<std::vector<Match>>> list_matches(Session& session, UserId user, double min_score,
                                              std::size_t limit, std::size_t skip) {
  auto rows = co_await session.query(list_matches_sql, {user, min_score, limit, skip});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<Match> matches;
  for (auto row : *rows)
    matches.emplace_back(to_score(row, job_columns), to_job(row));
  co_return matches;
}

}  // namespace jobraker::storage
