#include "actors/matching/score_version.hpp"

#include "actors/matching/core/profile_text.hpp"
#include "messages/codec.hpp"
#include "storage/batches.hpp"
#include "storage/databases.hpp"

namespace jobraker {
namespace {

/// Raise it when prompt or rubric change what a score means.
constexpr std::int64_t rules_version = 1;

}  // namespace

std::string scoring_basis(const Profile& profile, const Config& config) {
  auto texts = matching::texts_of(profile);
  json::Writer w;
  w.begin_object()
    .member("rules", rules_version)
    .member("model", std::string_view{config.llm.model})
    .member("embedding", std::string_view{config.llm.embedding_model})
    .member("skills_weight", config.matching.weight_skills)
    .member("experience_weight", config.matching.weight_experience)
    .member("location_weight", config.matching.weight_location)
    .member("salary_weight", config.matching.weight_salary)
    .member("skills_text", std::string_view{texts.skills})
    .member("experience_text", std::string_view{texts.experience})
    .member("goals_text", std::string_view{texts.goals})
    .member("location", std::string_view{profile.personal_info.location.value_or("")})
    .member("authorization",
            std::string_view{profile.personal_info.work_authorization.value_or("")});
  w.key("skills");
  json::write(w, profile.skills);
  w.key("summary");
  json::write(w, profile.summary);
  w.key("titles");
  json::write(w, profile.experience.job_titles);
  w.key("preferences");
  json::write(w, profile.preferences);
  w.end_object();
  return matching::content_hash(w.text());
}

task<Result<ScoreVersion>> score_version(Services& services, const Profile& profile) {
  auto& db = services.databases.here();
  ScoreVersion version;
  version.basis = scoring_basis(profile, services.config);
  auto latest = co_await storage::latest_batch(db, profile.user_id);
  if (!latest) {
    if (latest.error().code == Errc::not_found)
      co_return version;
    co_return fail(std::move(latest.error()));
  }
  auto batch = co_await storage::load_batch(db, *latest);
  if (!batch)
    co_return fail(std::move(batch.error()));
  auto params = json::Document::parse(batch->params);
  version.known = params && params->root()["basis"].string_or("") == version.basis;
  version.number = batch->score_version + (version.known ? 0 : 1);
  co_return version;
}

std::string run_params(const ScoreJobs& request, const std::string& basis) {
  json::Writer w;
  w.begin_object();
  w.key("job_limit");
  json::write(w, request.job_limit);
  w.key("days_back");
  json::write(w, request.days_back);
  w.member("basis", std::string_view{basis}).end_object();
  return w.text();
}

}  // namespace jobraker
