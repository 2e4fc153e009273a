#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/profile/user_state.hpp"
#include "messages/codec.hpp"
#include "messages/make_event.hpp"
#include "storage/accounts.hpp"
#include "storage/databases.hpp"
#include "storage/effects.hpp"
#include "storage/outbox.hpp"
#include "storage/profiles.hpp"
#include "storage/scores.hpp"

/// The user actor's rows: reading them, and writing the profile, one change after the other.
namespace jobraker::user {

task<Result<Rows>> load_rows(Services& services, UserId id) {
  auto& db = services.databases.here();
  Rows rows;
  rows.generation = services.jobs_generation.load();
  auto profile = co_await storage::find_profile(db, id);
  if (profile) {
    rows.profile = std::move(*profile);
  } else if (profile.error().code == Errc::not_found) {
    auto account = co_await storage::find_account(db, id);
    if (!account)
      co_return fail(std::move(account.error()));
    rows.profile.user_id = id;
    rows.profile.created_at = account->created_at;
    rows.profile.updated_at = account->created_at;
  } else {
    co_return fail(std::move(profile.error()));
  }
  auto matches = co_await storage::list_matches(db, id, 0, matches_kept);
  if (!matches)
    co_return fail(std::move(matches.error()));
  rows.matches = std::move(*matches);
  co_return rows;
}
void keep(UserState& state, std::vector<StoredMatch> matches) {
  state.matches = std::move(matches);
  state.matches_bytes = state.matches.capacity() * sizeof(StoredMatch);
  for (const auto& [score, job] : state.matches)
    state.matches_bytes += job.description.size() + job.requirements.size() + job.title.size() +
                           job.source_url.size() + job.company.size();
}

void show(UserState& state) {
  state.profile_json = std::make_shared<const std::string>(json::encode(state.profile));
}

Rendered rendered_profile(const UserState& state) {
  return {state.profile_json, state.profile.version};
}

static void next_write(Self* self);

/// Reads the rows again because nobody knows whether the last write happened, or somebody else
/// wrote. Until that has worked, reads are answered from memory and writes wait; if it fails they
/// are refused.
void read_again(Self* self) {
  auto& state = self->state;
  state.writing = true;
  self->await<Rows>(
    state.services->io, [&s = *state.services, id = state.id] { return load_rows(s, id); },
    [self](Result<Rows> rows) {
      auto& after = self->state;
      after.writing = false;
      if (rows) {
        after.stale = false;
        after.profile = std::move(rows->profile);
        show(after);
        return next_write(self);
      }
      for (auto& write : std::exchange(after.writes, {}))
        write.finish(fail(rows.error()));
      self->delayed_send(self, std::chrono::seconds{1}, ReadAgain{});
    });
}

static void saved(Self* self, Write write, Result<Profile> result) {
  auto& state = self->state;
  state.writing = false;
  if (result) {
    state.profile = std::move(*result);
    show(state);
    spdlog::info("event=profile.updated user={} version={}", to_string(state.id),
                 state.profile.version);
    write.finish(rendered_profile(state));
    return next_write(self);
  }
  auto code = result.error().code;
  if (code == Errc::precondition_failed && write.attempts < 2) {
    // The row is newer than what is in memory: make the change again, on the row.
    state.stale = true;
    ++write.attempts;
    state.writes.push_front(std::move(write));
    return next_write(self);
  }
  if (code == Errc::precondition_failed || code == Errc::unavailable || code == Errc::timed_out) {
    state.stale = true;
    self->delayed_send(self, std::chrono::seconds{1}, ReadAgain{});
  }
  write.finish(fail(std::move(result.error())));
  next_write(self);
}

task<Result<Profile>> save_and_tell(storage::Session& session, Profile profile,
                                    std::int64_t expected) {
  auto saved = co_await storage::save_profile(session, std::move(profile), expected);
  if (!saved)
    co_return saved;
  auto event = make_event(ProfileUpdated{saved->user_id, saved->version}, now());
  if (auto told = co_await storage::append_events(session, {std::move(event)}); !told)
    co_return fail(std::move(told.error()));
  co_return saved;
}

/// Stores the profile, and settles the effect it belongs to in the same transaction.
static task<Result<Profile>> save(Services& services, Profile profile, std::int64_t expected,
                                  std::optional<EffectPass> effect) {
  auto& db = services.databases.here();
  co_return co_await db.transaction(
    [&](storage::Transaction& transaction) -> task<Result<Profile>> {
      if (!effect)
        co_return co_await save_and_tell(transaction, profile, expected);
      storage::EffectKind kind{effect->kind, LapseRule::run_again};
      auto settled = co_await storage::settle_effect(transaction, kind, {effect->key},
                                                     effect->fence, effect->outcome);
      if (!settled)
        co_return fail(std::move(settled.error()));
      if (profile.version == expected)
        co_return profile;  // nothing changes but that it was done
      co_return co_await save_and_tell(transaction, profile, expected);
    });
}

static void next_write(Self* self) {
  auto& state = self->state;
  if (state.writing || state.writes.empty())
    return;
  if (state.stale)
    return read_again(self);
  auto write = std::move(state.writes.front());
  state.writes.pop_front();
  ActsFor caller{write.cause};
  auto changed = write.change(state.profile);
  if (!changed || (changed->version == state.profile.version && !write.effect)) {
    // Refused, or nothing has changed.
    write.finish(changed ? Result<Rendered>{rendered_profile(state)}
                         : Result<Rendered>{fail(std::move(changed.error()))});
    return next_write(self);
  }
  state.writing = true;
  self->await<Profile>(
    state.services->io,
    [&s = *state.services, profile = std::move(*changed), expected = state.profile.version,
     effect = write.effect]() mutable {
      return save(s, std::move(profile), expected, std::move(effect));
    },
    [self, write = std::move(write)](Result<Profile> result) mutable {
      saved(self, std::move(write), std::move(result));
    });
}

/// Stores what `change` makes of the present profile, one change after the other; `finish` hears of
/// it when it is committed.
void write_profile(Self* self, std::function<Result<Profile>(const Profile&)> change,
                   std::function<void(Result<Rendered>)> finish, std::optional<EffectPass> effect) {
  auto& state = self->state;
  if (state.writes.size() >= waiting_max)
    return finish(
      fail(Error{Errc::unavailable, "too many changes are waiting", {}, std::chrono::seconds{1}}));
  state.writes.push_back({std::move(change), std::move(finish), std::move(effect)});
  next_write(self);
}
}  // namespace jobraker::user
