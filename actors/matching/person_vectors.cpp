#include "actors/matching/person_vectors.hpp"

#include "actors/matching/core/profile_text.hpp"
#include "actors/matching/embed_apart.hpp"
#include "storage/databases.hpp"
#include "storage/vectors.hpp"

namespace jobraker {
namespace {

/// Nothing is kept of texts that are no longer there.
task<Done> forget(Services& services, UserId user, const std::string& hash) {
  co_return co_await storage::save_user_vectors(services.databases.here(), user, UserVectors{},
                                                services.config.llm.embedding_model, hash);
}

}  // namespace

task<Result<UserVectors>> person_vectors(Services& services, const Context& context,
                                         const Profile& profile) {
  auto texts = matching::texts_of(profile);
  auto hash =
    matching::content_hash(texts.skills + '\x1f' + texts.experience + '\x1f' + texts.goals);
  const auto& model = services.config.llm.embedding_model;
  auto stored = co_await storage::find_user_vectors(services.databases.here(), profile.user_id);
  if (!stored && stored.error().code != Errc::not_found)
    co_return fail(std::move(stored.error()));
  bool same = stored && stored->model == model && stored->content_hash == hash;
  if (texts == matching::UserTexts{}) {
    if (stored && !same)
      if (auto forgotten = co_await forget(services, profile.user_id, hash); !forgotten)
        co_return fail(std::move(forgotten.error()));
    co_return fail(
      Errc::unprocessable,
      "the profile says too little to find jobs by; add skills, experience or desired roles");
  }
  if (same)
    co_return std::move(stored->vectors);
  std::vector<std::string> wanted;
  UserVectors vectors;
  std::vector<Embedding*> targets;
  auto add = [&](const std::string& text, Embedding& target) {
    if (text.empty())
      return;
    wanted.push_back(text);
    targets.push_back(&target);
  };
  add(texts.skills, vectors.skills);
  add(texts.experience, vectors.experience);
  add(texts.goals, vectors.goals);
  auto answer = co_await embed_apart(services, context, std::move(wanted), profile.user_id);
  if (!answer)
    co_return fail(std::move(answer.error()));
  for (std::size_t i = 0; i < targets.size(); ++i)
    *targets[i] = std::move((*answer)[i]);
  if (vectors.skills.empty() && vectors.experience.empty() && vectors.goals.empty())
    co_return fail(Errc::unprocessable, "the language model refuses the profile's texts");
  auto saved = co_await storage::save_user_vectors(services.databases.here(), profile.user_id,
                                                   vectors, model, hash);
  if (!saved)
    co_return fail(std::move(saved.error()));
  co_return vectors;
}

}  // namespace jobraker
