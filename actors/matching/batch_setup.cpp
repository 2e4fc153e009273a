#include "actors/matching/batch_setup.hpp"

#include <algorithm>
#include <unordered_set>

#include "actors/matching/core/rank.hpp"
#include "actors/matching/person_vectors.hpp"
#include "actors/matching/rules.hpp"
#include "actors/system/work_pool.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "messages/codec.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"
#include "storage/profiles.hpp"
#include "storage/scores.hpp"

namespace jobraker {
namespace {

using namespace matching;

task<Result<std::unordered_map<JobId, Job>>> load_all(Services& services, std::vector<JobId> ids) {
  auto jobs = co_await storage::load_jobs(services.databases.here(), std::move(ids));
  if (!jobs)
    co_return fail(std::move(jobs.error()));
  std::unordered_map<JobId, Job> out;
  for (auto& job : *jobs) {
    auto id = job.id;
    out.emplace(id, std::move(job));
  }
  co_return out;
}

/// Stages 1 and 2: which postings the model shall judge, best first.
task<Result<std::vector<Ranked>>> choose(Services& services, Context context,
                                         const BatchInput& input) {
  const auto& config = services.config.matching;
  auto params =
    json::decode<ScoreJobs>(input.batch.params, json::Unknown::ignore).value_or(ScoreJobs{});
  auto vectors = co_await person_vectors(services, context, *input.profile);
  if (!vectors)
    co_return fail(std::move(vectors.error()));
  report_progress(services, input.batch.id, "finding candidates", 0, 0);
  FindCandidates question;
  question.profile = input.profile;
  question.vectors = std::move(*vectors);
  question.limit = config.shortlist;
  question.days_back = params.days_back.value_or(config.days_back);
  auto found = co_await net::ask(services.matching, context, question);
  if (!found)
    co_return fail(std::move(found.error()));
  auto judged = co_await storage::scored_jobs(services.databases.here(), input.batch.user_id,
                                              input.batch.score_version);
  if (!judged)
    co_return fail(std::move(judged.error()));
  std::unordered_set<JobId> done{judged->begin(), judged->end()};
  std::vector<Candidate> candidates;
  std::vector<JobId> ids;
  for (const auto& [job, similarity] : found->jobs)
    if (!done.contains(job)) {
      candidates.push_back({job, similarity});
      ids.push_back(job);
    }
  auto jobs = co_await load_all(services, std::move(ids));
  if (!jobs)
    co_return fail(std::move(jobs.error()));
  auto limit = static_cast<std::size_t>(params.job_limit.value_or(config.scored_per_batch));
  auto shared_jobs = std::make_shared<std::unordered_map<JobId, Job>>(std::move(*jobs));
  auto shared_candidates = std::make_shared<std::vector<Candidate>>(std::move(candidates));
  auto profile = input.profile;
  auto weights = weights_of(config);
  co_return co_await services.work.run<std::vector<Ranked>>(
    [shared_jobs, shared_candidates, profile, weights, limit]() -> Result<std::vector<Ranked>> {
      auto person = digest(*profile);
      std::vector<Candidate> present;
      std::vector<RubricScore> scores;
      for (const auto& candidate : *shared_candidates)
        if (auto it = shared_jobs->find(candidate.job); it != shared_jobs->end()) {
          present.push_back(candidate);
          scores.push_back(matching::score(person, digest(it->second), weights));
        }
      RankSettings settings;
      settings.limit = limit;
      return rank(present, scores, settings);
    });
}

std::string rubric_json(const Ranked& ranked) {
  json::Writer w;
  auto part = [&](std::string_view name, const RubricPart& value) {
    w.key(name).begin_object().member("score", to_points(value.score));
    w.member("points", to_points(value.points)).member("unknown", value.unknown).end_object();
  };
  w.begin_object();
  part("skills", ranked.rubric.skills);
  part("experience", ranked.rubric.experience);
  part("location", ranked.rubric.location);
  part("salary", ranked.rubric.salary);
  w.member("total", to_points(ranked.rubric.total));
  w.member("similarity", static_cast<double>(ranked.similarity));
  w.end_object();
  return w.text();
}

}  // namespace

task<Result<BatchInput>> prepare_batch(Services& services, Context context, TaskId id) {
  BatchInput input;
  auto batch = co_await storage::load_batch(services.databases.here(), id);
  if (!batch)
    co_return fail(std::move(batch.error()));
  input.batch = std::move(*batch);
  if (input.batch.finished_at)
    co_return fail(Errc::conflict, "this run has ended");
  report_progress(services, id, "reading the profile", 0,
                  static_cast<std::int64_t>(input.batch.items.size()));
  auto profile = co_await storage::find_profile(services.databases.here(), input.batch.user_id);
  if (!profile)
    co_return fail(std::move(profile.error()));
  input.profile = std::make_shared<const Profile>(std::move(*profile));
  if (input.batch.items.empty()) {
    auto ranked = co_await choose(services, context, input);
    if (!ranked)
      co_return fail(std::move(ranked.error()));
    std::vector<storage::BatchItem> items;
    for (std::size_t i = 0; i < ranked->size(); ++i) {
      storage::BatchItem item;
      item.job_id = (*ranked)[i].job;
      item.rank = static_cast<std::int64_t>(i);
      item.rubric = rubric_json((*ranked)[i]);
      items.push_back(std::move(item));
    }
    if (!items.empty()) {
      auto stored = co_await storage::set_batch_items(services.databases.here(), id, items);
      if (!stored)
        co_return fail(std::move(stored.error()));
    }
    input.batch.items = std::move(items);
  }
  std::vector<JobId> ids;
  for (const auto& item : input.batch.items)
    ids.push_back(item.job_id);
  auto jobs = co_await load_all(services, std::move(ids));
  if (!jobs)
    co_return fail(std::move(jobs.error()));
  input.jobs = std::move(*jobs);
  // The rubric is deterministic, so a resumed run computes the same scores again.
  auto person = digest(*input.profile);
  for (const auto& [job_id, job] : input.jobs)
    input.rubric.emplace(
      job_id, matching::score(person, digest(job), weights_of(services.config.matching)));
  co_return input;
}

}  // namespace jobraker
