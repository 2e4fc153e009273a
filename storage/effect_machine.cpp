#include "storage/effect_machine.hpp"

#include <algorithm>

namespace jobraker::storage {
namespace {

Time end_of(Time now, std::chrono::milliseconds lease) {
  return now + std::max(lease, std::chrono::milliseconds{0});
}

bool held_under(const EffectStanding& effect, std::int64_t fence) {
  return effect.state == EffectState::reserved && effect.fence == fence;
}

tl::unexpected<Error> stale() {
  return fail(Errc::conflict, "somebody else has taken over what was reserved");
}

}  // namespace

bool lapsed(const EffectStanding& effect, Time now) {
  return effect.state == EffectState::reserved && now >= effect.lease_until;
}

ReserveStep reserve(const EffectStanding& effect, LapseRule rule, Time now,
                    std::chrono::milliseconds lease) {
  if (effect.state == EffectState::settled)
    return {effect, EffectDone{effect.outcome}};
  bool abandoned = lapsed(effect, now);
  if (effect.state == EffectState::reserved && !abandoned)
    return {effect, EffectBusy{effect.lease_until}};
  EffectStanding next{
    EffectState::reserved, effect.fence + 1, effect.attempts + 1, end_of(now, lease), {}};
  EffectGranted granted{next.fence, next.attempts, abandoned && rule == LapseRule::look_up,
                        abandoned && rule == LapseRule::give_back};
  return {std::move(next), granted};
}

Result<EffectStanding> renew(const EffectStanding& effect, std::int64_t fence, Time now,
                             std::chrono::milliseconds lease) {
  if (!held_under(effect, fence))
    return stale();
  auto next = effect;
  next.lease_until = end_of(now, lease);
  return next;
}

Result<CloseStep> settle(const EffectStanding& effect, std::int64_t fence, std::string outcome) {
  if (effect.state == EffectState::settled && effect.fence == fence)
    return CloseStep{effect, true};
  if (!held_under(effect, fence))
    return stale();
  auto next = effect;
  next.state = EffectState::settled;
  next.outcome = std::move(outcome);
  return CloseStep{std::move(next), false};
}

Result<CloseStep> give_back(const EffectStanding& effect, std::int64_t fence) {
  // Fence 0 was never given to anybody.
  if (effect.state == EffectState::given_back && effect.fence == fence && fence > 0)
    return CloseStep{effect, true};
  if (!held_under(effect, fence))
    return stale();
  auto next = effect;
  next.state = EffectState::given_back;
  return CloseStep{std::move(next), false};
}

EffectStanding lapse(const EffectStanding& effect, LapseRule rule, Time now) {
  auto next = effect;
  if (rule == LapseRule::give_back && lapsed(effect, now))
    next.state = EffectState::given_back;
  return next;
}

}  // namespace jobraker::storage
