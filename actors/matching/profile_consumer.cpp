#include <caf/send.hpp>

#include "actors/matching/consumers.hpp"
#include "actors/matching/person_vectors.hpp"
#include "actors/matching/rescoring.hpp"
#include "actors/matching/score_version.hpp"
#include "messages/codec.hpp"
#include "storage/databases.hpp"
#include "storage/profiles.hpp"

namespace jobraker {
namespace {

constexpr std::chrono::minutes budget{3};
constexpr std::chrono::minutes budget_pause{1};

void tell(PeopleServices& people, UserId user) {
  if (auto found = people.people())
    caf::anon_send(*found, PersonChanged{user});
}

/// The person's budget for models is used up: not an outage, since nobody else is held up by it.
/// The run makes the vectors, too.
task<Done> wish_later(const events::Once& once, UserId user, const Error& error) {
  auto due = now() + std::max<std::chrono::milliseconds>(
                       error.retry_after.value_or(std::chrono::milliseconds{0}), budget_pause);
  auto done = co_await once([user, due](storage::Transaction& transaction) {
    return wish_scoring(transaction, user, due);
  });
  co_return done ? Done{} : Done{fail(std::move(done.error()))};
}

task<Done> profile_updated(Services& services, PeopleServices& people, const Event& event,
                           const events::Once& once) {
  auto updated = json::decode<ProfileUpdated>(event.data, json::Unknown::ignore);
  if (!updated)
    co_return fail(Errc::malformed, updated.error().detail);
  auto user = updated->user_id;
  auto profile = co_await storage::find_profile(services.databases.here(), user);
  if (!profile) {
    if (profile.error().code != Errc::not_found)
      co_return fail(std::move(profile.error()));
    tell(people, user);
    co_return Done{};
  }
  if (profile->version > updated->version)
    co_return Done{};  // a later event tells of it
  auto vectors = co_await person_vectors(services, context_of(event, budget), *profile);
  tell(people, user);
  if (!vectors) {
    auto code = vectors.error().code;
    if (code == Errc::unprocessable)
      co_return Done{};
    if (code == Errc::rate_limited)
      co_return co_await wish_later(once, user, vectors.error());
    co_return fail(as_outage(std::move(vectors.error())));
  }
  auto version = co_await score_version(services, *profile);
  if (!version)
    co_return fail(std::move(version.error()));
  if (version->known)
    co_return Done{};  // nothing has changed that a score is made of
  auto done = co_await once(
    [user](storage::Transaction& transaction) { return wish_scoring(transaction, user); });
  co_return done ? Done{} : Done{fail(std::move(done.error()))};
}

}  // namespace

events::Consumer profile_consumer(Services& services, PeopleServices& people) {
  return {"matching-profiles",
          {Topic::profile_updated},
          [&services, &people](const Event& event, const events::Once& once) {
            return profile_updated(services, people, event, once);
          }};
}

}  // namespace jobraker
