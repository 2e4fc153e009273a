#include "storage/effects.hpp"

#include <sodium.h>

#include "storage/effect_rows.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view lapsed_sql = R"sql(
  SELECT key, state, fence, attempts, lease_until, outcome, detail, created_at, updated_at
  FROM effects WHERE kind = $1 AND state = 'reserved' AND lease_until <= $2
  ORDER BY lease_until, key LIMIT $3
)sql";

constexpr std::string_view find_sql = R"sql(
  SELECT key, state, fence, attempts, lease_until, outcome, detail, created_at, updated_at
  FROM effects WHERE kind = $1 AND key = $2::bytea
)sql";

constexpr std::string_view forget_sql = R"sql(
  DELETE FROM effects e USING (
    SELECT kind, key FROM effects WHERE kind = $1 AND state <> 'reserved' AND updated_at < $2
    ORDER BY updated_at LIMIT $3 FOR UPDATE SKIP LOCKED) old
  WHERE e.kind = old.kind AND e.key = old.key
)sql";

template <class Parts>
EffectKey digest(const Parts& parts) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (std::string_view part : parts) {
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
      length[i] = static_cast<unsigned char>(std::uint64_t{part.size()} >> (56 - 8 * i));
    crypto_hash_sha256_update(&state, length.data(), length.size());
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                              part.size());
  }
  EffectKey key;
  static_assert(sizeof key.bytes == crypto_hash_sha256_BYTES);
  crypto_hash_sha256_final(&state, key.bytes.data());
  return key;
}

/// Locks one effect that must have been reserved and stores what `change(record) -> Done` makes of
/// it.
template <class Change>
task<Done> change_effect(Session& session, EffectKind kind, EffectKey key, Change change) {
  co_return co_await session.transaction([&](Transaction& transaction) -> task<Done> {
    std::vector<EffectKey> keys{key};
    auto locked = co_await lock_effects(transaction, kind, keys);
    if (!locked)
      co_return fail(std::move(locked.error()));
    if (locked->empty())
      co_return fail(Errc::conflict, "nobody has reserved this");
    auto before = locked->front();
    auto changed = change(locked->front());
    if (!changed)
      co_return changed;
    if (locked->front().standing == before.standing && locked->front().detail == before.detail)
      co_return Done{};
    co_return co_await store_effects(transaction, kind, std::move(*locked));
  });
}

}  // namespace

EffectKey effect_key(std::initializer_list<std::string_view> parts) { return digest(parts); }
EffectKey effect_key(const std::vector<std::string_view>& parts) { return digest(parts); }

std::string to_string(const EffectKey& key) {
  std::string hex(2 * key.bytes.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), key.bytes.data(), key.bytes.size());
  hex.pop_back();
  return hex;
}

task<Result<Reservation>> reserve_effect(Session& session, EffectKind kind, EffectKey key,
                                         std::chrono::milliseconds lease, Time now,
                                         std::string detail_json) {
  co_return co_await session.transaction(
    [&](Transaction& transaction) -> task<Result<Reservation>> {
      std::vector<EffectKey> keys{key};
      auto locked = co_await lock_or_make_effects(transaction, kind, keys);
      if (!locked)
        co_return fail(std::move(locked.error()));
      auto& effect = locked->front();
      auto step = reserve(effect.standing, kind.rule, now, lease);
      Reservation reservation{std::move(step.answer), effect.detail};
      if (!reservation.granted())
        co_return reservation;
      effect.standing = std::move(step.next);
      effect.detail = detail_json;
      auto stored = co_await store_effects(transaction, kind, std::move(*locked));
      if (!stored)
        co_return fail(std::move(stored.error()));
      co_return reservation;
    });
}

task<Done> renew_effect(Session& session, EffectKind kind, EffectKey key, std::int64_t fence,
                        std::chrono::milliseconds lease, Time now,
                        std::optional<std::string> detail_json) {
  co_return co_await change_effect(session, kind, key, [&](EffectRecord& effect) -> Done {
    auto next = renew(effect.standing, fence, now, lease);
    if (!next)
      return fail(std::move(next.error()));
    effect.standing = std::move(*next);
    if (detail_json)
      effect.detail = *detail_json;
    return {};
  });
}

task<Done> settle_effect(Session& session, EffectKind kind, EffectKey key, std::int64_t fence,
                         std::string outcome_json) {
  co_return co_await change_effect(session, kind, key, [&](EffectRecord& effect) -> Done {
    auto step = settle(effect.standing, fence, outcome_json);
    if (!step)
      return fail(std::move(step.error()));
    effect.standing = std::move(step->next);
    return {};
  });
}

task<Done> give_back_effect(Session& session, EffectKind kind, EffectKey key, std::int64_t fence) {
  co_return co_await change_effect(session, kind, key, [&](EffectRecord& effect) -> Done {
    auto step = give_back(effect.standing, fence);
    if (!step)
      return fail(std::move(step.error()));
    effect.standing = std::move(step->next);
    return {};
  });
}

task<Result<std::vector<EffectRecord>>> lapsed_effects(Session& session, EffectKind kind, Time now,
                                                       std::int64_t limit) {
  auto rows = co_await session.query(lapsed_sql, {kind.name, now, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_effects(*rows);
}

task<Result<std::vector<EffectRecord>>> give_back_lapsed(Session& session, EffectKind kind,
                                                         Time now, std::int64_t limit) {
  if (kind.rule != LapseRule::give_back)
    co_return std::vector<EffectRecord>{};
  co_return co_await session.transaction(
    [&](Transaction& transaction) -> task<Result<std::vector<EffectRecord>>> {
      auto held = co_await lock_lapsed_effects(transaction, kind, now, limit);
      if (!held)
        co_return fail(std::move(held.error()));
      auto closed = *held;
      for (auto& effect : closed)
        effect.standing = lapse(effect.standing, kind.rule, now);
      auto stored = co_await store_effects(transaction, kind, std::move(closed));
      if (!stored)
        co_return fail(std::move(stored.error()));
      co_return held;
    });
}

task<Result<EffectRecord>> find_effect(Session& session, EffectKind kind, EffectKey key) {
  auto rows = co_await session.query(find_sql, {kind.name, bytea_text(key)});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "nobody has reserved this");
  co_return to_effects(*rows).front();
}

task<Result<std::size_t>> forget_effects(Session& session, EffectKind kind, Time before,
                                         std::int64_t limit) {
  auto rows = co_await session.query(forget_sql, {kind.name, before, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace jobraker::storage
