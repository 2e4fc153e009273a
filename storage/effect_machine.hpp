#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "messages/enums.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// Where an effect stands. One that nobody has ever reserved counts as given back.
enum class EffectState : std::uint8_t { given_back, reserved, settled };
template <>
inline constexpr std::string_view enum_names<EffectState>[] = {"given_back", "reserved", "settled"};

/// What holds when a holder's lease has ended without a word from it.
enum class LapseRule : std::uint8_t {
  run_again,  ///< idempotent: whoever comes next runs it
  look_up,    ///< ambiguous: whoever comes next finds out first whether it has happened
  give_back,  ///< money: what was held is booked or returned, then it is free again
};
template <>
inline constexpr std::string_view enum_names<LapseRule>[] = {"run_again", "look_up", "give_back"};

}  // namespace jobraker

/// The life of one effect that must not happen twice: reserve, run with a fence, settle. Pure: time
/// is a value, nothing is stored. `storage/effects` keeps the rows and asks here what they become.
namespace jobraker::storage {

/// What is remembered of an effect. As made, one that nobody has reserved yet.
struct EffectStanding {
  EffectState state = EffectState::given_back;
  std::int64_t fence = 0;     ///< of the latest reservation; only ever grows
  std::int64_t attempts = 0;  ///< reservations granted so far
  Time lease_until{};         ///< of the latest reservation
  std::string outcome{};      ///< JSON, of a settled one
  bool operator==(const EffectStanding&) const = default;
};

/// The caller holds the effect until its lease ends and presents the fence from now on.
struct EffectGranted {
  std::int64_t fence = 0;
  std::int64_t attempt = 1;  ///< 1 the first time
  /// The one before may have done it: find out, then settle with what was found or run it. A holder
  /// that cannot find out lets the lease end (or renews it with 0); it does not give back.
  bool must_look_up = false;
  /// The one before never came back and its kind's rule is give_back: what it held is to be booked
  /// or returned in this same transaction.
  bool gave_back = false;
  bool operator==(const EffectGranted&) const = default;
};

/// Somebody else holds it.
struct EffectBusy {
  Time until{};
  bool operator==(const EffectBusy&) const = default;
};

/// It has happened, and this came of it.
struct EffectDone {
  std::string outcome{};
  bool operator==(const EffectDone&) const = default;
};

using EffectAnswer = std::variant<EffectGranted, EffectBusy, EffectDone>;

/// What a wish to reserve makes of an effect.
struct ReserveStep {
  EffectStanding next{};
  EffectAnswer answer{};
};

/// True when somebody holds it whose lease has ended.
bool lapsed(const EffectStanding& effect, Time now);

/// Somebody wants to run the effect, for `lease` at first. Granted under a fence higher than any
/// before when it is free or its holder's lease has ended.
ReserveStep reserve(const EffectStanding& effect, LapseRule rule, Time now,
                    std::chrono::milliseconds lease);

/// The holder needs until `now + lease`. Errc::conflict when the fence is not the present holder's.
/// A lease that has ended but that nobody has taken over can still be renewed.
Result<EffectStanding> renew(const EffectStanding& effect, std::int64_t fence, Time now,
                             std::chrono::milliseconds lease);

/// What a holder's word makes of an effect.
struct CloseStep {
  EffectStanding next{};
  bool repeated = false;  ///< it had been said before under the same fence; nothing changes
};

/// The effect has happened. Errc::conflict when the fence is not the present holder's: somebody has
/// taken over, or it was given back. The first outcome stays.
Result<CloseStep> settle(const EffectStanding& effect, std::int64_t fence, std::string outcome);

/// The effect has certainly not happened and the holder will not run it. Errc::conflict when the
/// fence is not the present holder's or it has been settled.
Result<CloseStep> give_back(const EffectStanding& effect, std::int64_t fence);

/// The end of a lease, noticed by a sweep and not by the next who wants it. Only a kind whose rule
/// is give_back is closed by that; the others wait for somebody to reserve them.
EffectStanding lapse(const EffectStanding& effect, LapseRule rule, Time now);

}  // namespace jobraker::storage
