#include "actors/matching/candidates.hpp"

#include <algorithm>
#include <unordered_set>

#include "actors/matching/core/shortlist.hpp"
#include "actors/matching/core/vectors.hpp"
#include "actors/system/work_pool.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"
#include "storage/nearest.hpp"
#include "storage/vectors.hpp"

namespace jobraker {
namespace {

using namespace matching;

HardFilters filters(const FindCandidates& question) {
  FilterSettings settings;
  settings.days_back = static_cast<int>(question.days_back);
  return filters_of(*question.profile, settings, now());
}

}  // namespace

task<Result<Candidates>> candidates_in_memory(Services& services,
                                              std::shared_ptr<const Snapshot> jobs,
                                              FindCandidates question) {
  auto work = [jobs = std::move(jobs), question = std::move(question)]() -> Result<Candidates> {
    ShortlistUser user;
    user.folded = fold(question.vectors);
    user.filters = filters(question);
    ShortlistOptions options;
    options.k = static_cast<std::size_t>(question.limit);
    auto lists = top_k({&user, 1}, *jobs, options);
    Candidates out;
    for (const auto& candidate : lists.front().jobs)
      out.jobs.emplace_back(candidate.job, candidate.similarity);
    return out;
  };
  co_return co_await services.work.run<Candidates>(std::move(work));
}

task<Result<Candidates>> candidates_in_database(Services& services, FindCandidates question) {
  const auto& model = services.config.llm.embedding_model;
  auto keep = static_cast<std::size_t>(question.limit);
  auto k = std::min<std::size_t>(1000, keep * 2);
  storage::NearestFilter near_filter;
  if (question.days_back > 0)
    near_filter.posted_since = now() - std::chrono::hours{24 * question.days_back};
  struct Pair {
    const Embedding& vector;
    storage::JobVectorKind kind;
  };
  const Pair pairs[] = {{question.vectors.skills, storage::JobVectorKind::requirements},
                        {question.vectors.experience, storage::JobVectorKind::description},
                        {question.vectors.goals, storage::JobVectorKind::description}};
  std::unordered_set<JobId> found;
  for (const auto& pair : pairs) {
    if (pair.vector.empty())
      continue;
    auto near = co_await storage::nearest_jobs(services.databases.here(), pair.vector, pair.kind,
                                               model, near_filter, k);
    if (!near)
      co_return fail(std::move(near.error()));
    for (const auto& job : near->jobs)
      found.insert(job.id);
  }
  std::vector<JobId> ids{found.begin(), found.end()};
  auto vectors = co_await storage::load_job_vectors(services.databases.here(), model, ids);
  if (!vectors)
    co_return fail(std::move(vectors.error()));
  auto jobs = co_await storage::load_jobs(services.databases.here(), ids);
  if (!jobs)
    co_return fail(std::move(jobs.error()));
  std::unordered_map<JobId, JobFacts> facts;
  for (const auto& job : *jobs) {
    auto fact = facts_of(job);
    fact.has_vectors = true;
    facts.emplace(job.id, fact);
  }
  auto rules = filters(question);
  std::vector<Candidate> judged;
  for (const auto& stored : *vectors)
    if (auto it = facts.find(stored.job_id);
        it != facts.end() && check(it->second, rules) == Eligibility::eligible)
      judged.push_back(
        {stored.job_id, static_cast<float>(similarity(question.vectors, stored.vectors))});
  std::sort(judged.begin(), judged.end(), better);
  Candidates out;
  for (std::size_t i = 0; i < std::min(keep, judged.size()); ++i)
    out.jobs.emplace_back(judged[i].job, judged[i].similarity);
  co_return out;
}

}  // namespace jobraker
