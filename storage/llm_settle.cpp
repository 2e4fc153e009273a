#include <algorithm>

#include "messages/json.hpp"
#include "storage/effect_rows.hpp"
#include "storage/llm_ledger.hpp"

namespace jobraker::storage {
namespace {

std::string cost_json(std::int64_t cost_nano) {
  json::Writer writer;
  writer.begin_object().member("cost_nano", cost_nano).end_object();
  return writer.text();
}

/// One batch of settlements inside its transaction.
class Settling {
public:
  Settling(const std::vector<Settlement>& settlements, Time now)
      : settlements_(settlements), ledger_(now), answers_(settlements.size()) {}

  /// With calls and money locked in one round trip. Errc::conflict when a call was reserved for
  /// somebody else than its settlement says.
  task<Result<std::vector<SettlementAnswer>>> run(Transaction& transaction) {
    for (const auto& settlement : settlements_)
      ledger_.want({settlement.place->company, settlement.place->user, 0, settlement.place->at});
    auto effects = co_await lock_together(transaction, keys(), ledger_);
    if (!effects)
      co_return fail(std::move(effects.error()));
    if (auto closed = close(*effects); !closed)
      co_return fail(std::move(closed.error()));
    for (const auto& [place, held] : bookings_)
      if (!ledger_.holds(held))
        co_return fail(Errc::conflict, "a call was reserved for somebody else");
    co_return co_await book(transaction);
  }

  /// Calls first, then what money they turn out to need.
  task<Result<std::vector<SettlementAnswer>>> run_carefully(Transaction& transaction) {
    auto effects = co_await lock_effects(transaction, llm_call, keys());
    if (!effects)
      co_return fail(std::move(effects.error()));
    if (auto closed = close(*effects); !closed)
      co_return fail(std::move(closed.error()));
    for (const auto& [place, held] : bookings_)
      ledger_.want(held);
    if (auto locked = co_await ledger_.lock(transaction); !locked)
      co_return fail(std::move(locked.error()));
    co_return co_await book(transaction);
  }

private:
  std::vector<EffectKey> keys() const {
    std::vector<EffectKey> keys;
    for (const auto& settlement : settlements_)
      keys.push_back(settlement.key);
    return sorted_keys(std::move(keys));
  }

  Done close(std::vector<EffectRecord>& effects) {
    for (std::size_t i = 0; i < settlements_.size(); ++i) {
      const auto& settlement = settlements_[i];
      auto* effect = find_in(effects, settlement.key);
      auto step = effect
                    ? settle(effect->standing, settlement.fence, cost_json(settlement.cost_nano))
                    : fail(Errc::conflict, "");
      if (!step)
        continue;
      answers_[i].outcome = step->repeated ? SettleOutcome::repeated : SettleOutcome::settled;
      if (step->repeated)
        continue;
      auto held = to_held(effect->detail);
      if (!held)
        return fail(std::move(held.error()));
      bookings_.emplace_back(i, std::move(*held));
      effect->standing = std::move(step->next);
      changed_.push_back(*effect);
    }
    return {};
  }

  task<Result<std::vector<SettlementAnswer>>> book(Transaction& transaction) {
    for (const auto& [place, held] : bookings_) {
      auto verdict = ledger_.book(held, settlements_[place].cost_nano);
      answers_[place].over_nano = verdict.over_nano;
      answers_[place].raised = ledger_.alerts_of(verdict.crossed);
    }
    auto raised = co_await ledger_.store(transaction, {}, std::move(changed_));
    if (!raised)
      co_return fail(std::move(raised.error()));
    keep_raised(answers_, *raised);
    co_return std::move(answers_);
  }

  const std::vector<Settlement>& settlements_;
  Ledger ledger_;
  std::vector<std::pair<std::size_t, Held>> bookings_{};
  std::vector<EffectRecord> changed_{};
  std::vector<SettlementAnswer> answers_;
};

}  // namespace

task<Result<std::vector<SettlementAnswer>>>
settle_spending(Session& session, std::vector<Settlement> batch, Time now) {
  for (const auto& settlement : batch)
    if (settlement.cost_nano < 0 || settlement.cost_nano > nano_max)
      co_return fail(Errc::invalid, "the cost of a call is out of range");
  if (batch.empty())
    co_return std::vector<SettlementAnswer>{};
  bool placed = std::all_of(batch.begin(), batch.end(), [](auto& s) { return s.place; });
  co_return co_await in_rounds(
    session,
    [&](Transaction& transaction, bool careful) -> task<Result<std::vector<SettlementAnswer>>> {
      Settling settling{batch, now};
      co_return careful || !placed ? co_await settling.run_carefully(transaction)
                                   : co_await settling.run(transaction);
    });
}

task<Result<std::vector<LapsedSpending>>> lapse_spending(Session& session, Time now,
                                                         std::int64_t limit) {
  co_return co_await session.transaction(
    [&](Transaction& transaction) -> task<Result<std::vector<LapsedSpending>>> {
      // Nothing is written before the money is locked: whoever makes the same call anew holds the
      // money and would wait for a row that was changed, though not for one that is only locked.
      auto effects = co_await lock_lapsed_effects(transaction, llm_call, now, limit);
      if (!effects)
        co_return fail(std::move(effects.error()));
      Ledger ledger{now};
      std::vector<Held> all;
      std::vector<LapsedSpending> lapsed;
      for (auto& effect : *effects) {
        auto held = to_held(effect.detail);
        if (!held)
          co_return fail(std::move(held.error()));
        ledger.want(*held);
        lapsed.push_back({effect.key, held->company, held->user, held->worst_nano});
        all.push_back(std::move(*held));
        effect.standing = lapse(effect.standing, llm_call.rule, now);
      }
      if (auto locked = co_await ledger.lock(transaction); !locked)
        co_return fail(std::move(locked.error()));
      for (const auto& held : all)
        ledger.book(held, held.worst_nano);
      if (auto stored = co_await ledger.store(transaction, {}, std::move(*effects)); !stored)
        co_return fail(std::move(stored.error()));
      co_return lapsed;
    });
}

}  // namespace jobraker::storage
