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

constexpr std::string_view expire_due_sql = R"sql(
  UPDATE jobs SET status = 'expired', updated_at = $1,
    expiry_reason = CASE WHEN expires_at IS NULL THEN 'too_old' ELSE 'deadline_passed' END
  WHERE status = 'active' AND (
    expires_at <= $1 OR (expires_at IS NULL AND posted_at < $1 - make_interval(days => $2::integer)))
  RETURNING id, expiry_reason
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

task<Result<std::vector<ExpiredJob>>> expire_jobs_due(Session& session, Time now,
                                                      int max_age_days) {
  auto rows = co_await session.query(expire_due_sql, {now, max_age_days});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<ExpiredJob> expired;
  for (auto row : *rows) {
    ExpiredJob job;
    row.read(job.id, job.reason);
    expired.push_back(job);
  }
  co_return expired;
}

}  // namespace jobraker::storage
