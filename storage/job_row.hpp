#pragma once

#include "messages/jobs.hpp"
#include "messages/result.hpp"
#include "storage/row.hpp"

/// Every column of a Job, of the table `jobs AS j`, in the order in which to_job reads them; a
/// macro, so that statements are literals.
#define JOB_COLUMNS                                                                                \
  "j.id, j.source, j.source_id, j.source_url, j.attribution, j.title, j.company, j.location, "     \
  "j.city, j.region, j.country, j.workplace, j.salary_min, j.salary_max, j.salary_currency, "      \
  "j.salary_predicted, j.job_type, j.seniority, j.years_required, j.skills, j.description, "       \
  "j.requirements, j.posted_at, j.expires_at, j.status, j.expiry_reason, j.merged_into, "          \
  "j.posted_by, j.version, j.created_at, j.updated_at"

namespace jobraker::storage {

/// How many columns JOB_COLUMNS names.
inline constexpr std::size_t job_columns = 31;

/// The job in the columns from `first` on.
Job to_job(const Row& row, std::size_t first = 0);

/// All rows of an answer, or its error.
Result<std::vector<Job>> to_jobs(const Result<Rows>& rows);

}  // namespace jobraker::storage
