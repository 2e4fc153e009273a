#include <algorithm>
#include <set>

#include "storage/effect_rows.hpp"
#include "storage/llm_ledger.hpp"

namespace jobraker::storage {
namespace {

/// One batch of reservations inside its transaction.
class Reserving {
public:
  Reserving(const std::vector<SpendingWish>& wishes, Time now)
      : wishes_(wishes), now_(now), ledger_(now), answers_(wishes.size()) {}

  task<Result<std::vector<BudgetAnswer>>> run(Transaction& transaction) {
    std::vector<EffectKey> keys;
    for (const auto& wish : wishes_)
      keys.push_back(wish.key);
    auto effects = co_await lock_or_make_effects(transaction, llm_call, sorted_keys(keys));
    if (!effects)
      co_return fail(std::move(effects.error()));
    effects_ = std::move(*effects);
    // RETURNING promises no order.
    std::sort(effects_.begin(), effects_.end(), [](auto& a, auto& b) { return a.key < b.key; });
    if (auto ready = want_rows(); !ready)
      co_return fail(std::move(ready.error()));
    if (auto locked = co_await ledger_.lock(transaction); !locked)
      co_return fail(std::move(locked.error()));
    for (std::size_t i = 0; i < wishes_.size(); ++i)
      decide(wishes_[i], answers_[i]);
    co_return co_await store(transaction);
  }

private:
  Held held_of(const SpendingWish& wish) const {
    return {wish.company, wish.user, wish.worst_nano, now_};
  }

  /// Names the rows of all wishes, and of reservations that nobody has closed.
  Done want_rows() {
    for (const auto& wish : wishes_)
      ledger_.want(held_of(wish));
    for (const auto& effect : effects_) {
      if (!lapsed(effect.standing, now_))
        continue;
      auto held = to_held(effect.detail);
      if (!held)
        return fail(std::move(held.error()));
      ledger_.want(*held);
    }
    return {};
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
    answer.fence = std::get<EffectGranted>(step.answer).fence;
    effect.standing = std::move(step.next);
    effect.detail = to_json(held_of(wish));
    changed_.insert(wish.key);
  }

  task<Result<std::vector<BudgetAnswer>>> store(Transaction& transaction) {
    std::vector<EffectRecord> changed;
    std::vector<EffectKey> blank;
    for (auto& effect : effects_) {
      if (changed_.contains(effect.key))
        changed.push_back(effect);
      else if (effect.standing.fence == 0)
        blank.push_back(effect.key);
    }
    if (auto stored = co_await store_effects(transaction, llm_call, std::move(changed)); !stored)
      co_return fail(std::move(stored.error()));
    if (auto gone = co_await delete_blank_effects(transaction, llm_call, std::move(blank)); !gone)
      co_return fail(std::move(gone.error()));
    auto raised = co_await ledger_.store(transaction);
    if (!raised)
      co_return fail(std::move(raised.error()));
    keep_raised(answers_, *raised);
    co_return std::move(answers_);
  }

  const std::vector<SpendingWish>& wishes_;
  Time now_;
  Ledger ledger_;
  std::vector<EffectRecord> effects_{};
  std::set<EffectKey> changed_{};
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
  co_return co_await session.transaction(
    [&](Transaction& transaction) -> task<Result<std::vector<BudgetAnswer>>> {
      Reserving reserving{batch, now};
      co_return co_await reserving.run(transaction);
    });
}

}  // namespace jobraker::storage
