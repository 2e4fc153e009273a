#include "storage/jobs.hpp"

#include "storage/job_row.hpp"

namespace jobraker::storage {
namespace {

/// The common case, a posting seen again as it was, writes no indexed column.
constexpr std::string_view see_job_sql = R"sql(
  UPDATE jobs SET last_seen_at = greatest(last_seen_at, $4), board = $5
  WHERE source = $1 AND source_id = $2 AND content_hash = $3 AND status <> 'expired'
  RETURNING id
)sql";

constexpr std::string_view upsert_job_sql = R"sql(
  WITH old AS (
    SELECT status, content_hash FROM jobs WHERE source = $2 AND source_id = $3
  )
  INSERT INTO jobs AS j (
    id, source, source_id, source_url, attribution, title, company, location, city, region, country,
    workplace, salary_min, salary_max, salary_currency, salary_predicted, job_type, seniority,
    years_required, skills, description, requirements, posted_at, expires_at, posted_by,
    content_hash, board, fingerprint, last_seen_at, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28, $29, $29, $29)
  ON CONFLICT (source, source_id) DO UPDATE SET
    source_url = excluded.source_url, attribution = excluded.attribution, title = excluded.title,
    company = excluded.company, location = excluded.location, city = excluded.city,
    region = excluded.region, country = excluded.country, workplace = excluded.workplace,
    salary_min = excluded.salary_min, salary_max = excluded.salary_max,
    salary_currency = excluded.salary_currency, salary_predicted = excluded.salary_predicted,
    job_type = excluded.job_type, seniority = excluded.seniority,
    years_required = excluded.years_required, skills = excluded.skills,
    description = excluded.description, requirements = excluded.requirements,
    posted_at = excluded.posted_at, expires_at = excluded.expires_at,
    content_hash = excluded.content_hash, board = excluded.board,
    fingerprint = excluded.fingerprint,
    last_seen_at = greatest(j.last_seen_at, excluded.last_seen_at),
    version = j.version + (j.content_hash <> excluded.content_hash)::integer,
    status = CASE WHEN job_revives(j.expiry_reason, j.posted_at, excluded.posted_at,
      excluded.expires_at, excluded.last_seen_at) THEN 'active' ELSE j.status END,
    expiry_reason = CASE WHEN job_revives(j.expiry_reason, j.posted_at, excluded.posted_at,
      excluded.expires_at, excluded.last_seen_at) THEN NULL ELSE j.expiry_reason END,
    updated_at = CASE WHEN j.content_hash <> excluded.content_hash OR job_revives(j.expiry_reason,
      j.posted_at, excluded.posted_at, excluded.expires_at, excluded.last_seen_at)
      THEN excluded.updated_at ELSE j.updated_at END
  RETURNING j.id, (SELECT old.status FROM old),
    (SELECT old.content_hash FROM old) IS DISTINCT FROM j.content_hash,
    (SELECT old.status FROM old) = 'expired' AND j.status = 'active'
)sql";

constexpr std::string_view find_job_sql = "SELECT " JOB_COLUMNS " FROM jobs j WHERE j.id = $1";

constexpr std::string_view load_jobs_sql =
  "SELECT " JOB_COLUMNS " FROM jobs j WHERE j.id = ANY ($1::uuid[])";

constexpr std::string_view active_jobs_page_sql =
  "SELECT " JOB_COLUMNS
  " FROM jobs j WHERE j.status = 'active' AND j.id > $1 ORDER BY j.id LIMIT $2";

constexpr std::string_view jobs_changed_since_sql = R"sql(
  SELECT id, status, updated_at FROM jobs WHERE updated_at >= $1 ORDER BY updated_at, id LIMIT $2
)sql";

}  // namespace

task<Result<UpsertedJob>> upsert_job(Session& session, Job job, JobOrigin origin, Time now) {
  auto seen = co_await session.query(
    see_job_sql, {job.source, job.source_id, origin.content_hash, now, origin.board});
  if (!seen)
    co_return fail(std::move(seen.error()));
  if (!seen->empty())
    co_return UpsertedJob{seen->front().get<JobId>(0), UpsertOutcome::unchanged, false};
  auto id = job.id ? job.id : JobId::fresh();
  auto rows = co_await session.query(upsert_job_sql, {id,
                                                      job.source,
                                                      job.source_id,
                                                      job.source_url,
                                                      job.attribution,
                                                      job.title,
                                                      job.company,
                                                      job.location,
                                                      job.city,
                                                      job.region,
                                                      job.country,
                                                      job.workplace,
                                                      job.salary_min,
                                                      job.salary_max,
                                                      job.salary_currency,
                                                      job.salary_predicted,
                                                      job.job_type,
                                                      job.seniority,
                                                      job.years_required,
                                                      job.skills,
                                                      job.description,
                                                      job.requirements,
                                                      job.posted_at,
                                                      job.expires_at,
                                                      job.posted_by,
                                                      origin.content_hash,
                                                      origin.board,
                                                      origin.fingerprint,
                                                      now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::optional<JobStatus> old;
  bool changed = false;
  std::optional<bool> revived;
  UpsertedJob upserted;
  rows->front().read(upserted.id, old, changed, revived);
  upserted.outcome = !old      ? UpsertOutcome::inserted
                     : changed ? UpsertOutcome::updated
                               : UpsertOutcome::unchanged;
  upserted.revived = revived.value_or(false);
  co_return upserted;
}

task<Result<Job>> find_job(Session& session, JobId id) {
  auto rows = co_await session.query(find_job_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such job");
  co_return to_job(rows->front());
}

task<Result<std::vector<Job>>> load_jobs(Session& session, std::vector<JobId> ids) {
  co_return to_jobs(co_await session.query(load_jobs_sql, {ids}));
}

task<Result<std::vector<Job>>> active_jobs_page(Session& session, std::optional<JobId> after,
                                                std::size_t limit) {
  co_return to_jobs(co_await session.query(active_jobs_page_sql, {after.value_or(JobId{}), limit}));
}

task<Result<std::vector<JobChange>>> jobs_changed_since(Session& session, Time since,
                                                        std::size_t limit) {
  auto rows = co_await session.query(jobs_changed_since_sql, {since, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<JobChange> changes;
  for (auto row : *rows) {
    JobChange change;
    row.read(change.id, change.status, change.updated_at);
    changes.push_back(change);
  }
  co_return changes;
}

}  // namespace jobraker::storage
