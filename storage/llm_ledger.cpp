#include "storage/llm_ledger.hpp"

#include <algorithm>

#include "messages/json.hpp"
#include "messages/together.hpp"

namespace jobraker::storage {

std::string to_json(const Held& held) {
  json::Writer writer;
  writer.begin_object();
  if (held.company)
    writer.member("company_id", to_string(*held.company));
  if (held.user)
    writer.member("user_id", to_string(*held.user));
  writer.member("worst_nano", held.worst_nano).member("at", to_rfc3339(held.at)).end_object();
  return writer.text();
}

Result<Held> to_held(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document)
    return fail(Errc::internal, "a reservation cannot be read");
  auto root = document->root();
  Held held;
  held.company = CompanyId::parse(root["company_id"].string_or(""));
  held.user = UserId::parse(root["user_id"].string_or(""));
  auto worst = root["worst_nano"].integer();
  auto at = parse_rfc3339(root["at"].string_or(""));
  if (!worst || !at)
    return fail(Errc::internal, "a reservation holds no amount");
  held.worst_nano = *worst;
  held.at = *at;
  return held;
}

void Ledger::want(const Held& held) {
  auto keys = held.keys();
  keys_.insert(keys.begin(), keys.end());
}

task<Done> Ledger::lock(Transaction& transaction) {
  auto rows =
    co_await lock_spending(transaction, std::vector<SpendingKey>{keys_.begin(), keys_.end()});
  if (!rows)
    co_return fail(std::move(rows.error()));
  rows_ = std::move(*rows);
  before_ = rows_;
  co_return Done{};
}

BudgetVerdict Ledger::admit(const Held& held) {
  auto verdict = storage::admit(rows_, {indices(held), held.worst_nano});
  note(verdict.crossed);
  return verdict;
}

BookingVerdict Ledger::book(const Held& held, std::int64_t cost_nano) {
  auto verdict = storage::book(rows_, {indices(held), held.worst_nano, cost_nano});
  note(verdict.crossed);
  return verdict;
}

bool Ledger::holds(const Held& held) const {
  auto keys = held.keys();
  return std::all_of(keys.begin(), keys.end(), [this](auto& key) { return keys_.contains(key); });
}

task<Result<std::vector<BudgetAlert>>> Ledger::store(Transaction& transaction,
                                                     std::vector<EffectRecord> made,
                                                     std::vector<EffectRecord> changed) {
  SpendingChanges changes{std::move(made), std::move(changed), {}, alerts_of(crossed_)};
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].spent_nano != before_[i].spent_nano ||
        rows_[i].reserved_nano != before_[i].reserved_nano)
      changes.rows.push_back(rows_[i]);
  co_return co_await store_spending(transaction, std::move(changes));
}

std::optional<BudgetNote> Ledger::note_of(std::optional<std::size_t> row) const {
  if (!row)
    return std::nullopt;
  const auto& r = rows_[*row];
  return BudgetNote{r.key, r.limit_nano.value_or(0), left_nano(r).value_or(0),
                    resets_at(r.key.period, r.key.starts_on)};
}

std::vector<BudgetAlert> Ledger::alerts_of(const std::vector<Crossing>& crossed) const {
  std::vector<BudgetAlert> alerts;
  for (const auto& crossing : crossed) {
    const auto& row = rows_[crossing.row];
    alerts.push_back({row.key, row.limit_nano.value_or(0), crossing.threshold, now_});
  }
  return alerts;
}

std::vector<std::size_t> Ledger::indices(const Held& held) const {
  std::vector<std::size_t> found;
  for (const auto& key : held.keys()) {
    auto at = std::lower_bound(rows_.begin(), rows_.end(), key,
                               [](auto& row, auto& k) { return row.key < k; });
    found.push_back(static_cast<std::size_t>(at - rows_.begin()));
  }
  return found;
}

void Ledger::note(const std::vector<Crossing>& crossed) {
  crossed_.insert(crossed_.end(), crossed.begin(), crossed.end());
}

task<Result<std::vector<EffectRecord>>> lock_together(Transaction& transaction,
                                                      std::vector<EffectKey> keys, Ledger& ledger) {
  auto [effects, locked] = co_await together(lock_effects(transaction, llm_call, std::move(keys)),
                                             ledger.lock(transaction));
  if (!effects)
    co_return fail(std::move(effects.error()));
  if (!locked)
    co_return fail(std::move(locked.error()));
  co_return std::move(effects);
}

std::vector<EffectKey> sorted_keys(std::vector<EffectKey> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

EffectRecord* find_in(std::vector<EffectRecord>& effects, const EffectKey& key) {
  auto at = std::lower_bound(effects.begin(), effects.end(), key,
                             [](auto& effect, auto& k) { return effect.key < k; });
  return at != effects.end() && at->key == key ? &*at : nullptr;
}

}  // namespace jobraker::storage
