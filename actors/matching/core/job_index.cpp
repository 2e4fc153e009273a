#include "actors/matching/core/job_index.hpp"

namespace jobraker::matching {

JobFacts facts_of(const Job& job) {
  JobFacts facts;
  facts.id = job.id;
  facts.posted_at = job.posted_at.value_or(Time::min());
  facts.expires_at = job.expires_at.value_or(Time::max());
  facts.salary_max = job.salary_predicted ? 0 : job.salary_max.value_or(0);
  facts.currency = currency_of_code(job.salary_currency);
  facts.country = country_of_code(job.country);
  facts.workplace = job.workplace;
  facts.seniority = job.seniority;
  facts.status = job.status;
  return facts;
}

JobIndex::JobIndex(std::size_t jobs_max)
    : RowIndex(jobs_max, "the index holds " + std::to_string(jobs_max) +
                           " jobs and is full (matching.jobs_in_memory_max)") {}

Done JobIndex::put(const Job& job, const JobVectors& vectors) {
  return put(facts_of(job), vectors);
}

Done JobIndex::put(const JobFacts& facts, const JobVectors& vectors) {
  for (const auto& [vector, name] : {std::pair{&vectors.description, "description"},
                                     std::pair{&vectors.requirements, "requirements"}})
    if (auto good = check_embedding(*vector, name); !good)
      return good;
  std::vector<float> folded(folded_dimensions);
  bool any = fold(vectors, std::span<float, folded_dimensions>{folded});
  return RowIndex::put(facts, any ? std::span<const float>{folded} : std::span<const float>{});
}

}  // namespace jobraker::matching
