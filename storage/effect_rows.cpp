#include "storage/effect_rows.hpp"

#include <algorithm>

namespace jobraker::storage {
namespace {

#define EFFECT_COLUMNS                                                                             \
  "key, state, fence, attempts, lease_until, outcome, detail, created_at, updated_at"

// Updating a row to itself locks it and returns it, which DO NOTHING would not.
constexpr std::string_view lock_or_make_sql =
  "INSERT INTO effects (kind, key, state, fence, attempts, lease_until) "
  "SELECT $1, k, 'given_back', 0, 0, '1970-01-01Z' FROM unnest($2::bytea[]) AS k ORDER BY k "
  "ON CONFLICT (kind, key) DO UPDATE SET updated_at = effects.updated_at "
  "RETURNING " EFFECT_COLUMNS;

constexpr std::string_view lock_sql =
  "SELECT " EFFECT_COLUMNS " FROM effects WHERE kind = $1 AND key = ANY ($2::bytea[]) "
  "ORDER BY key FOR UPDATE";

constexpr std::string_view lock_lapsed_sql =
  "SELECT " EFFECT_COLUMNS " FROM effects "
  "WHERE kind = $1 AND state = 'reserved' AND lease_until <= $2 "
  "ORDER BY lease_until, key LIMIT $3 FOR UPDATE SKIP LOCKED";

constexpr std::string_view store_sql = R"sql(/* last */
  UPDATE effects e SET state = u.state, fence = u.fence, attempts = u.attempts,
    lease_until = u.lease_until, outcome = nullif(u.outcome, '')::jsonb, detail = u.detail::jsonb,
    updated_at = now()
  FROM unnest($2::bytea[], $3::text[], $4::bigint[], $5::integer[], $6::timestamptz[], $7::text[],
              $8::text[]) AS u (key, state, fence, attempts, lease_until, outcome, detail)
  WHERE e.kind = $1 AND e.key = u.key
)sql";

EffectKey to_key(std::string_view bytes) {
  EffectKey key;
  if (bytes.size() != key.bytes.size())
    throw BadColumn("an effect's key has " + std::to_string(bytes.size()) + " bytes");
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

std::vector<std::string> texts_of(const std::vector<EffectKey>& keys) {
  std::vector<std::string> texts;
  texts.reserve(keys.size());
  for (const auto& key : keys)
    texts.push_back(bytea_text(key));
  return texts;
}

task<Result<std::vector<EffectRecord>>> lock_by(Session& session, std::string_view sql,
                                                EffectKind kind, std::vector<EffectKey> keys) {
  auto rows = co_await session.query(sql, {kind.name, texts_of(keys)});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_effects(*rows);
}

/// One column of all effects.
template <class Get>
auto column(const std::vector<EffectRecord>& effects, Get get) {
  std::vector<std::decay_t<std::invoke_result_t<Get, const EffectRecord&>>> values;
  values.reserve(effects.size());
  for (const auto& effect : effects)
    values.push_back(get(effect));
  return values;
}

}  // namespace

std::string bytea_text(const EffectKey& key) { return "\\x" + to_string(key); }

std::vector<EffectRecord> to_effects(const Rows& rows) {
  std::vector<EffectRecord> effects;
  effects.reserve(rows.size());
  for (auto row : rows) {
    auto& e = effects.emplace_back();
    Bytes key;
    row.read(key, e.standing.state, e.standing.fence, e.standing.attempts, e.standing.lease_until,
             e.standing.outcome, e.detail, e.created_at, e.updated_at);
    e.key = to_key(key.data);
  }
  return effects;
}

task<Result<std::vector<EffectRecord>>> lock_or_make_effects(Session& session, EffectKind kind,
                                                             std::vector<EffectKey> keys) {
  return lock_by(session, lock_or_make_sql, kind, std::move(keys));
}

task<Result<std::vector<EffectRecord>>> lock_effects(Session& session, EffectKind kind,
                                                     std::vector<EffectKey> keys) {
  return lock_by(session, lock_sql, kind, std::move(keys));
}

task<Result<std::vector<EffectRecord>>> lock_lapsed_effects(Session& session, EffectKind kind,
                                                            Time now, std::int64_t limit) {
  auto rows = co_await session.query(lock_lapsed_sql, {kind.name, now, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_effects(*rows);
}

task<Done> store_effects(Session& session, EffectKind kind, std::vector<EffectRecord> effects) {
  if (effects.empty())
    co_return Done{};
  Params params{kind.name};
  add_effect_columns(params, effects);
  auto rows = co_await session.query(store_sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

void add_effect_columns(Params& params, const std::vector<EffectRecord>& effects) {
  params.add(column(effects, [](auto& e) { return bytea_text(e.key); }))
    .add(column(effects, [](auto& e) { return e.standing.state; }))
    .add(column(effects, [](auto& e) { return e.standing.fence; }))
    .add(column(effects, [](auto& e) { return e.standing.attempts; }))
    .add(column(effects, [](auto& e) { return e.standing.lease_until; }))
    .add(column(effects, [](auto& e) { return e.standing.outcome; }))
    .add(column(effects, [](auto& e) { return e.detail; }));
}

}  // namespace jobraker::storage
