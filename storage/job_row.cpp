#include "storage/job_row.hpp"

namespace jobraker::storage {

Job to_job(const Row& row, std::size_t first) {
  Job j;
  row.read_from(first, j.id, j.source, j.source_id, j.source_url, j.attribution, j.title, j.company,
                j.location, j.city, j.region, j.country, j.workplace, j.salary_min, j.salary_max,
                j.salary_currency, j.salary_predicted, j.job_type, j.seniority, j.years_required,
                j.skills, j.description, j.requirements, j.posted_at, j.expires_at, j.status,
                j.expiry_reason, j.merged_into, j.posted_by, j.version, j.created_at, j.updated_at);
  return j;
}

Result<std::vector<Job>> to_jobs(const Result<Rows>& rows) {
  if (!rows)
    return fail(rows.error());
  std::vector<Job> jobs;
  jobs.reserve(rows->size());
  for (auto row : *rows)
    jobs.push_back(to_job(row));
  return jobs;
}

}  // namespace jobraker::storage
