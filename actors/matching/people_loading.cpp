#include "actors/matching/people_loading.hpp"

#include <unordered_map>
#include <unordered_set>

#include <spdlog/spdlog.h>

#include "actors/matching/rules.hpp"
#include "actors/matching/score_version.hpp"
#include "actors/system/work_pool.hpp"
#include "storage/databases.hpp"
#include "storage/people.hpp"
#include "storage/profiles.hpp"
#include "storage/vectors.hpp"

namespace jobraker {
namespace {

using matching::PeopleIndex;
using storage::StoredUserVectors;

constexpr std::size_t page = 500;

/// Makes people of rows, on the work pool; true when memory is full.
Result<bool> put_all(const Config& config, PeopleIndex& index,
                     const std::vector<StoredUserVectors>& stored,
                     const std::vector<Profile>& profiles) {
  std::unordered_map<UserId, const Profile*> by_id;
  for (const auto& profile : profiles)
    by_id.emplace(profile.user_id, &profile);
  auto settings = matching::filter_settings(config.matching);
  bool full = false;
  for (const auto& entry : stored) {
    auto it = by_id.find(entry.user_id);
    if (it == by_id.end())
      continue;
    auto person = std::make_shared<const matching::Person>(matching::person_of(
      *it->second, entry.content_hash, scoring_basis(*it->second, config), settings));
    if (auto done = index.put(std::move(person), entry.vectors); !done) {
      if (done.error().code == Errc::too_large)
        full = true;
      else
        spdlog::warn("event=people.bad_vector user={} why=\"{}\"", to_string(entry.user_id),
                     done.error().detail);
    }
  }
  return full;
}

/// Loads these people's profiles and puts them, with their vectors, into the index.
task<Result<bool>> put(Services& services, std::shared_ptr<PeopleIndex> index,
                       std::vector<StoredUserVectors> stored) {
  std::vector<UserId> ids;
  for (const auto& entry : stored)
    ids.push_back(entry.user_id);
  auto profiles = co_await storage::load_profiles(services.databases.here(), std::move(ids));
  if (!profiles)
    co_return fail(std::move(profiles.error()));
  auto work = [&config = services.config, index = std::move(index),
               rows = std::make_shared<std::vector<StoredUserVectors>>(std::move(stored)),
               people = std::make_shared<std::vector<Profile>>(std::move(*profiles))] {
    return put_all(config, *index, *rows, *people);
  };
  co_return co_await services.work.run<bool>(std::move(work));
}

}  // namespace

task<Result<bool>> load_everybody(Services& services, std::shared_ptr<PeopleIndex> index) {
  std::optional<UserId> after;
  for (;;) {
    auto stored = co_await storage::load_user_vectors_page(
      services.databases.here(), services.config.llm.embedding_model, after, page);
    if (!stored)
      co_return fail(std::move(stored.error()));
    if (stored->empty())
      co_return false;
    after = stored->back().user_id;
    bool last = stored->size() < page;
    auto full = co_await put(services, index, std::move(*stored));
    if (!full || *full || last)
      co_return full;
  }
}

task<Result<bool>> load_again(Services& services, std::shared_ptr<PeopleIndex> index,
                              std::vector<UserId> users) {
  bool any_full = false;
  for (std::size_t begin = 0; begin < users.size(); begin += page) {
    auto end = std::min(users.size(), begin + page);
    std::vector<UserId> some(users.begin() + static_cast<std::ptrdiff_t>(begin),
                             users.begin() + static_cast<std::ptrdiff_t>(end));
    auto stored = co_await storage::load_user_vectors(services.databases.here(),
                                                      services.config.llm.embedding_model, some);
    if (!stored)
      co_return fail(std::move(stored.error()));
    std::unordered_set<UserId> there;
    for (const auto& entry : *stored)
      there.insert(entry.user_id);
    for (const auto& user : some)
      if (!there.contains(user))
        index->remove(user);
    auto full = co_await put(services, index, std::move(*stored));
    if (!full)
      co_return full;
    any_full = any_full || *full;
  }
  co_return any_full;
}

task<Result<ChangedPeople>> changed_people(Services& services, const PeopleIndex& index,
                                           Time since) {
  constexpr std::size_t changes_max = 10'000;
  ChangedPeople out;
  out.seen = since;
  for (;;) {
    auto changes = co_await storage::people_changed_since(
      services.databases.here(), services.config.llm.embedding_model, out.seen, changes_max);
    if (!changes)
      co_return fail(std::move(changes.error()));
    for (const auto& change : *changes) {
      auto known = index.find(change.id);
      if (!known || known->person->profile_version != change.profile_version ||
          known->person->vectors_hash != change.vectors_hash)
        out.users.push_back(change.id);
    }
    if (changes->empty())
      co_return out;
    bool all = changes->size() < changes_max || changes->back().at == out.seen;
    out.seen = changes->back().at;
    if (all)
      co_return out;
  }
}

}  // namespace jobraker
