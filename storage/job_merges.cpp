#include "storage/job_merges.hpp"

#include "storage/job_row.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view by_fingerprint_sql =
  "SELECT " JOB_COLUMNS " FROM jobs j "
  "WHERE j.fingerprint = $1 AND j.fingerprint <> '' AND j.status <> 'merged' "
  "ORDER BY j.created_at, j.id";

constexpr std::string_view candidates_sql =
  "SELECT " JOB_COLUMNS " FROM jobs j "
  "WHERE j.company_key = job_key($1) AND j.title_key = job_key($2) "
  "AND j.company_key <> '' AND j.title_key <> '' AND j.status = 'active' "
  "ORDER BY j.created_at, j.id LIMIT $3";

/// In order of id, so that two merges the other way round wait for each other instead of a
/// deadlock.
constexpr std::string_view lock_both_sql = R"sql(
  SELECT id, status, expiry_reason FROM jobs WHERE id IN ($1, $2) ORDER BY id FOR UPDATE
)sql";

constexpr std::string_view merged_into_sql = R"sql(
  SELECT id FROM jobs WHERE merged_into = $1 ORDER BY id
)sql";

constexpr std::string_view keep_state_sql = R"sql(
  INSERT INTO job_merges (duplicate, into_job, reason, previous_status, previous_expiry_reason, merged_at)
  SELECT id, $2, $3, status, expiry_reason, $4 FROM jobs WHERE id = $1
)sql";

constexpr std::string_view merge_sql = R"sql(
  UPDATE jobs SET status = 'merged', expiry_reason = NULL, merged_into = $2, updated_at = $3
  WHERE id = $1
)sql";

constexpr std::string_view unmerge_sql = R"sql(
  WITH undone AS (
    DELETE FROM job_merges WHERE duplicate = $1
    RETURNING duplicate, previous_status, previous_expiry_reason
  )
  UPDATE jobs SET status = u.previous_status, expiry_reason = u.previous_expiry_reason,
    merged_into = NULL, updated_at = $2
  FROM undone u WHERE jobs.id = u.duplicate
)sql";

}  // namespace

task<Result<std::vector<Job>>> jobs_by_fingerprint(Session& session, std::string fingerprint) {
  co_return to_jobs(co_await session.query(by_fingerprint_sql, {fingerprint}));
}

task<Result<std::vector<Job>>> duplicate_candidates(Session& session, std::string company,
                                                    std::string title, std::size_t limit) {
  co_return to_jobs(co_await session.query(candidates_sql, {company, title, limit}));
}

task<Done> merge_job(Session& session, JobId duplicate, JobId into, std::string reason, Time now) {
  if (duplicate == into)
    co_return fail(Errc::conflict, "a job cannot be merged into itself");
  co_return co_await session.transaction([&](Transaction& transaction) -> task<Done> {
    auto rows = co_await transaction.query(lock_both_sql, {duplicate, into});
    if (!rows)
      co_return fail(std::move(rows.error()));
    if (rows->size() != 2)
      co_return fail(Errc::not_found, "there is no such job");
    for (auto row : *rows)
      if (row.get<JobStatus>(1) == JobStatus::merged)
        co_return fail(Errc::conflict, "one of the jobs is merged already");
    auto others = co_await transaction.query(merged_into_sql, {duplicate});
    if (!others)
      co_return fail(std::move(others.error()));
    if (!others->empty())
      co_return fail(Errc::conflict, "other jobs are merged into this one");
    auto kept = co_await transaction.query(keep_state_sql, {duplicate, into, reason, now});
    if (!kept)
      co_return fail(std::move(kept.error()));
    auto merged = co_await transaction.query(merge_sql, {duplicate, into, now});
    if (!merged)
      co_return fail(std::move(merged.error()));
    co_return Done{};
  });
}

task<Done> unmerge_job(Session& session, JobId duplicate, Time now) {
  auto rows = co_await session.query(unmerge_sql, {duplicate, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 0)
    co_return fail(Errc::conflict, "this job is not merged");
  co_return Done{};
}

task<Result<std::vector<JobId>>> jobs_merged_into(Session& session, JobId into) {
  auto rows = co_await session.query(merged_into_sql, {into});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<JobId> ids;
  for (auto row : *rows)
    ids.push_back(row.get<JobId>(0));
  co_return ids;
}

namespace {

// Written as a WITH, so that it is not taken for a read that may be repeated elsewhere.
constexpr std::string_view lock_duplicates_sql = R"sql(
  WITH l AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended(lower($1::text) || chr(31) || lower($2::text), 7))
  ) SELECT count(*) FROM l
)sql";

}  // namespace

task<Done> lock_duplicates(Transaction& transaction, std::string company, std::string title) {
  auto rows = co_await transaction.query(lock_duplicates_sql, {company, title});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

}  // namespace jobraker::storage
