#include "storage/job_row.hpp"
#include "storage/jobs.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view withdraw_job_sql = R"sql(
  UPDATE jobs SET status = 'expired', expiry_reason = 'withdrawn', updated_at = $2
  WHERE id = $1 AND status = 'active'
)sql";

constexpr std::string_view expire_gone_sql = R"sql(
  UPDATE jobs SET status = 'expired', expiry_reason = 'gone_from_source', updated_at = $4
  WHERE source = $1 AND board = $2 AND status = 'active' AND last_seen_at < $3
  RETURNING id
)sql";

// Only a first choice, by an index; whether one really ends is decided by actors/jobs/core/expiry.
constexpr std::string_view possibly_due_sql =
  "SELECT " JOB_COLUMNS ", j.last_seen_at FROM jobs j "
  "WHERE j.status = 'active' AND j.id > $3 AND (j.expires_at <= $1 OR (j.expires_at IS NULL AND "
  "coalesce(j.posted_at, j.created_at) < $2)) ORDER BY j.id LIMIT $4";

constexpr std::string_view expire_sql = R"sql(
  UPDATE jobs SET status = 'expired', expiry_reason = d.reason, updated_at = $3
  FROM unnest($1::uuid[], $2::text[]) AS d(id, reason)
  WHERE jobs.id = d.id AND jobs.status = 'active'
)sql";

}  // namespace

task<Done> withdraw_job(Session& session, JobId id, Time now) {
  auto rows = co_await session.query(withdraw_job_sql, {id, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 0)
    co_return fail(Errc::not_found, "there is no such active job");
  co_return Done{};
}

task<Result<std::vector<JobId>>> expire_jobs_gone(Session& session, SourceKind source,
                                                  std::string board, Time seen_since, Time now) {
  auto rows = co_await session.query(expire_gone_sql, {source, board, seen_since, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<JobId> ids;
  for (auto row : *rows)
    ids.push_back(row.get<JobId>(0));
  co_return ids;
}

task<Result<std::vector<SeenJob>>> jobs_possibly_due(Session& session, Time now, Time posted_before,
                                                     std::optional<JobId> after,
                                                     std::size_t limit) {
  auto rows =
    co_await session.query(possibly_due_sql, {now, posted_before, after.value_or(JobId{}), limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<SeenJob> jobs;
  for (auto row : *rows)
    jobs.push_back({to_job(row), row.get<Time>(job_columns)});
  co_return jobs;
}

task<Done> expire_jobs(Session& session, std::vector<ExpiredJob> jobs, Time now) {
  std::vector<JobId> ids;
  std::vector<std::string> reasons;
  for (const auto& job : jobs) {
    ids.push_back(job.id);
    reasons.emplace_back(name_of(job.reason));
  }
  auto rows = co_await session.query(expire_sql, {ids, reasons, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

}  // namespace jobraker::storage
