#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/effect_machine.hpp"
#include "storage/session.hpp"

/// Effects that must not happen twice: reserve, run, settle. All functions take a Session&, so that
/// a reservation commits together with the business row that asks for it, and an outcome together
/// with the rows that follow from it. What becomes of a row is decided by `effect_machine`, under
/// the row's lock.
namespace jobraker::storage {

/// A sort of effect: a constant of whoever uses it, e.g.
/// `constexpr EffectKind submission{"submission", LapseRule::look_up};`
struct EffectKind {
  std::string_view name{};
  LapseRule rule = LapseRule::look_up;
};

/// What an effect *is*: a digest of its content, the same on every node and after every restart,
/// never a generated id.
struct EffectKey {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const EffectKey&) const = default;
};

/// SHA-256 over the parts, each after its length (64 bits, big-endian), so that no two lists of
/// parts run together. `effect_key({"tool", to_string(turn), call.name, call.arguments})`.
EffectKey effect_key(std::initializer_list<std::string_view> parts);
EffectKey effect_key(const std::vector<std::string_view>& parts);

/// Lower-case hexadecimal, e.g. for an idempotency key in an upstream's header.
std::string to_string(const EffectKey& key);

/// What a wish to reserve was answered.
struct Reservation {
  EffectAnswer answer{};
  /// JSON: what the holder *before* noted, `{}` when there was none. For look-ups and give-backs.
  std::string detail = "{}";

  /// The grant, or nullptr when busy or done.
  const EffectGranted* granted() const { return std::get_if<EffectGranted>(&answer); }
  const EffectBusy* busy() const { return std::get_if<EffectBusy>(&answer); }
  const EffectDone* done() const { return std::get_if<EffectDone>(&answer); }
};

/// A row of `effects`.
struct EffectRecord {
  EffectKey key{};
  EffectStanding standing{};
  std::string detail = "{}";  ///< JSON, of the latest holder
  Time created_at{};
  Time updated_at{};
};

/// Wants to run an effect. Nodes' clocks give `now`, so a lease should be much longer than they
/// disagree, and longer than the effect's own deadline. `detail_json` is kept for whoever comes
/// after. The grant holds once the session's transaction has committed: run the effect then.
/// Errors: those of Session::query.
task<Result<Reservation>> reserve_effect(Session& session, EffectKind kind, EffectKey key,
                                         std::chrono::milliseconds lease, Time now,
                                         std::string detail_json = "{}");

/// Extends the holder's lease to `now + lease`; with `detail_json` notes something on the way, such
/// as the upstream's id of the run. Errc::conflict for a stale fence.
task<Done> renew_effect(Session& session, EffectKind kind, EffectKey key, std::int64_t fence,
                        std::chrono::milliseconds lease, Time now,
                        std::optional<std::string> detail_json = std::nullopt);

/// The effect has happened; `outcome_json` is what everybody who asks again is told. Saying it
/// again under the same fence is no error and changes nothing. Errc::conflict for a stale fence.
task<Done> settle_effect(Session& session, EffectKind kind, EffectKey key, std::int64_t fence,
                         std::string outcome_json);

/// The effect has certainly not happened: it is free for the next. Errc::conflict for a stale
/// fence.
task<Done> give_back_effect(Session& session, EffectKind kind, EffectKey key, std::int64_t fence);

/// Effects of this kind whose holder's lease has ended, the longest ago first: what a start and a
/// regular sweep reserve again (run_again, look_up) or give_back_lapsed closes.
task<Result<std::vector<EffectRecord>>> lapsed_effects(Session& session, EffectKind kind, Time now,
                                                       std::int64_t limit);

/// Closes up to `limit` lapsed effects of a kind whose rule is give_back and answers them as they
/// were, so that the caller books or returns, in this same transaction, what they held. Rows that
/// another transaction has locked are left for the next sweep. Of other kinds nothing is closed.
task<Result<std::vector<EffectRecord>>> give_back_lapsed(Session& session, EffectKind kind,
                                                         Time now, std::int64_t limit);

/// The effect, or Errc::not_found.
task<Result<EffectRecord>> find_effect(Session& session, EffectKind kind, EffectKey key);

/// Deletes up to `limit` settled or given-back effects of a kind last touched before `before`, and
/// answers how many. After that the same effect could happen again, under fences that begin anew:
/// choose a time after which nobody repeats it and no holder of then is alive.
task<Result<std::size_t>> forget_effects(Session& session, EffectKind kind, Time before,
                                         std::int64_t limit);

}  // namespace jobraker::storage
