#pragma once

#include <string>
#include <vector>

#include "storage/effects.hpp"

/// Rows of `effects`, many at a time and under lock: what the functions on effects are made of.
/// Rows are locked in the order of their keys. To be called inside a transaction.
namespace jobraker::storage {

/// A key as the text of a bytea.
std::string bytea_text(const EffectKey& key);

/// Locks these effects, in order of their keys; one that has no row gets a blank one. No key may
/// come twice.
task<Result<std::vector<EffectRecord>>> lock_or_make_effects(Session& session, EffectKind kind,
                                                             std::vector<EffectKey> keys);

/// Locks those of these effects that have rows, in order of their keys.
task<Result<std::vector<EffectRecord>>> lock_effects(Session& session, EffectKind kind,
                                                     std::vector<EffectKey> keys);

/// Locks up to `limit` effects whose lease has ended, the longest ago first, leaving out what
/// somebody else has locked.
task<Result<std::vector<EffectRecord>>> lock_lapsed_effects(Session& session, EffectKind kind,
                                                            Time now, std::int64_t limit);

/// Writes standing and detail of locked effects, as the last statement of their transaction
/// (`storage/last_statement.hpp`).
task<Done> store_effects(Session& session, EffectKind kind, std::vector<EffectRecord> effects);

/// Adds seven lists: key, state, fence, attempts, lease_until, outcome (empty for none), detail.
void add_effect_columns(Params& params, const std::vector<EffectRecord>& effects);

/// Reads columns `kind, key, …` as all statements here return them.
std::vector<EffectRecord> to_effects(const Rows& rows);

}  // namespace jobraker::storage
