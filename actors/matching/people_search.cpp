#include "actors/matching/people_search.hpp"

#include "actors/matching/core/suited.hpp"
#include "actors/matching/rules.hpp"
#include "actors/system/work_pool.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"
#include "storage/vectors.hpp"

namespace jobraker {
namespace {

using namespace matching;
using Found = std::unordered_map<JobId, FoundPeople>;

/// All that is needed to judge, on the work pool.
struct Question {
  std::vector<std::shared_ptr<const Job>> jobs{};
  std::vector<PostingQuery> postings{};
  std::shared_ptr<const PeopleSnapshot> people{};
  SuitedOptions options{};
  RubricWeights weights{};
  double threshold = 0;
};

Result<Found> judge(const Question& question) {
  auto suited = suited_people(question.postings, *question.people, question.options);
  Found found;
  for (std::size_t i = 0; i < question.jobs.size(); ++i) {
    const auto& job = question.jobs[i];
    auto& answer = found[job->id];
    answer.job = job;
    auto ready = digest(*job);
    for (const auto& one : suited[i]) {
      auto scored = score(one.person->rubric, ready, question.weights);
      if (to_points(scored.total) >= question.threshold)
        answer.people.push_back(
          {rubric_score(*one.person, *job, ready, scored, question.options.now),
           one.person->basis});
    }
  }
  return found;
}

}  // namespace

task<Result<Found>> search_people(Services& services, std::shared_ptr<const PeopleSnapshot> people,
                                  std::vector<JobId> ids) {
  auto& db = services.databases.here();
  auto jobs = co_await storage::load_jobs(db, ids);
  if (!jobs)
    co_return fail(std::move(jobs.error()));
  auto vectors =
    co_await storage::load_job_vectors(db, services.config.llm.embedding_model, std::move(ids));
  if (!vectors)
    co_return fail(std::move(vectors.error()));
  std::unordered_map<JobId, const JobVectors*> by_id;
  for (const auto& stored : *vectors)
    by_id.emplace(stored.job_id, &stored.vectors);
  auto question = std::make_shared<Question>();
  for (auto& job : *jobs) {
    auto it = by_id.find(job.id);
    question->postings.push_back(query_of(job, it == by_id.end() ? JobVectors{} : *it->second));
    question->jobs.push_back(std::make_shared<const Job>(std::move(job)));
  }
  const auto& config = services.config.matching;
  question->people = std::move(people);
  question->options.k = static_cast<std::size_t>(config.people_per_posting);
  question->options.filters = filter_settings(config);
  question->options.now = now();
  question->weights = weights_of(config);
  question->threshold = config.threshold;
  co_return co_await services.work.run<Found>([question] { return judge(*question); });
}

}  // namespace jobraker
