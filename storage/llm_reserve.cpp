#include <algorithm>
#include <set>

#include "storage/effect_rows.hpp"
#include "storage/llm_ledger.hpp"

namespace jobraker::storage {
namespace {

tl::unexpected<Error> anew() {
  return fail(Errc::conflict, "a call turned out to be reserved already");
}

/// One batch of reservations inside its transaction.
class Reserving {
public:
  Reserving(const std::vector<SpendingWish>& wishes, Time now)
      : wishes_(wishes), now_(now), ledger_(now), answers_(wishes.size()) {}

  /// In the hope that none of the calls was reserved and left: calls and money are locked in one
  /// round trip. Errc::conflict when the money of an earlier reservation is wanted, too.
  task<Result<std::vector<BudgetAnswer>>> run(Transaction& transaction) {
    want_wishes();
    auto effects = co_await lock_together(transaction, keys(), ledger_);
    if (!effects)
      co_return fail(std::move(effects.error()));
    if (auto kept = keep(std::move(*effects)); !kept)
      co_return fail(std::move(kept.error()));
    for (const auto& held : lapsed_)
      if (!ledger_.holds(held))
        co_return anew();
    co_return co_await decide_all(transaction);
  }

  /// Calls first, then what money they turn out to need.
  task<Result<std::vector<BudgetAnswer>>> run_carefully(Transaction& transaction) {
    auto effects = co_await lock_effects(transaction, llm_call, keys());
    if (!effects)
      co_return fail(std::move(effects.error()));
    if (auto kept = keep(std::move(*effects)); !kept)
      co_return fail(std::move(kept.error()));
    want_wishes();
    for (const auto& held : lapsed_)
      ledger_.want(held);
    if (auto locked = co_await ledger_.lock(transaction); !locked)
      co_return fail(std::move(locked.error()));
    co_return co_await decide_all(transaction);
  }

private:
  std::vector<EffectKey> keys() const {
    std::vector<EffectKey> keys;
    for (const auto& wish : wishes_)
      keys.push_back(wish.key);
    return sorted_keys(std::move(keys));
  }

  Held held_of(const SpendingWish& wish) const {
    return {wish.company, wish.user, wish.worst_nano, now_};
  }

  void want_wishes() {
    for (const auto& wish : wishes_)
      ledger_.want(held_of(wish));
  }

  /// Takes the calls that have rows, makes up those that have none, and reads what reservations
  /// hold that nobody has closed.
  Done keep(std::vector<EffectRecord> locked) {
    for (auto& key : keys()) {
      auto* effect = find_in(locked, key);
      if (!effect)
        blank_.insert(key);
      effects_.push_back(effect ? std::move(*effect) : EffectRecord{.key = key});
      if (!lapsed(effects_.back().standing, now_))
        continue;
      auto held = to_held(effects_.back().detail);
      if (!held)
        return fail(std::move(held.error()));
      lapsed_.push_back(std::move(*held));
    }
    return {};
  }

  task<Result<std::vector<BudgetAnswer>>> decide_all(Transaction& transaction) {
    for (std::size_t i = 0; i < wishes_.size(); ++i)
      decide(wishes_[i], answers_[i]);
    std::vector<EffectRecord> made;
    std::vector<EffectRecord> changed;
    for (auto& effect : effects_)
      if (changed_.contains(effect.key))
        (blank_.contains(effect.key) ? made : changed).push_back(std::move(effect));
    auto raised = co_await ledger_.store(transaction, std::move(made), std::move(changed));
    if (!raised)
      co_return fail(std::move(raised.error()));
    keep_raised(answers_, *raised);
    co_return std::move(answers_);
  }

  void decide(const SpendingWish& wish, BudgetAnswer& answer) {
    auto& effect = *find_in(effects_, wish.key);
    // Nobody came back to say what the one before has cost.
    if (lapsed(effect.standing, now_)) {
      auto held = to_held(effect.detail);
      ledger_.book(*held, held->worst_nano);
      effect.standing = lapse(effect.standing, llm_call.rule, now_);
      changed_.insert(wish.key);
    }
    auto step = reserve(effect.standing, llm_call.rule, now_, wish.lease);
    if (std::get_if<EffectDone>(&step.answer)) {
      answer.outcome = SpendingOutcome::settled;
    } else if (auto* busy = std::get_if<EffectBusy>(&step.answer)) {
      answer.outcome = SpendingOutcome::busy;
      answer.busy_until = busy->until;
    } else {
      spend(wish, effect, std::move(step), answer);
    }
  }

  void spend(const SpendingWish& wish, EffectRecord& effect, ReserveStep step,
             BudgetAnswer& answer) {
    auto verdict = ledger_.admit(held_of(wish));
    answer.level = verdict.level;
    answer.tightest = ledger_.note_of(verdict.tightest);
    answer.raised = ledger_.alerts_of(verdict.crossed);
    if (!verdict.admitted)
      return;
    answer.outcome = SpendingOutcome::admitted;
    answer.at = now_;
    answer.fence = std::get<EffectGranted>(step.answer).fence;
    effect.standing = std::move(step.next);
    effect.detail = to_json(held_of(wish));
    changed_.insert(wish.key);
  }

  const std::vector<SpendingWish>& wishes_;
  Time now_;
  Ledger ledger_;
  std::vector<EffectRecord> effects_{};  ///< of all wishes, in order of their keys
  std::set<EffectKey> blank_{};          ///< those without a row
  std::set<EffectKey> changed_{};
  std::vector<Held> lapsed_{};
  std::vector<BudgetAnswer> answers_;
};

}  // namespace

task<Result<std::vector<BudgetAnswer>>>
reserve_spending(Session& session, std::vector<SpendingWish> batch, Time now) {
  for (const auto& wish : batch)
    if (wish.worst_nano < 0 || wish.worst_nano > nano_max)
      co_return fail(Errc::invalid, "the worst case of a call is out of range");
  if (batch.empty())
    co_return std::vector<BudgetAnswer>{};
  co_return co_await in_rounds(
    session,
    [&](Transaction& transaction, bool careful) -> task<Result<std::vector<BudgetAnswer>>> {
      Reserving reserving{batch, now};
      co_return careful ? co_await reserving.run_carefully(transaction)
                        : co_await reserving.run(transaction);
    });
}

}  // namespace jobraker::storage
