#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/llm/core/prices.hpp"
#include "actors/llm/core/tokens.hpp"
#include "actors/llm/journey.hpp"
#include "actors/llm/verdict.hpp"
#include "net/ask.hpp"

namespace jobraker::llm {
namespace {

/// A reservation outlives its attempt by this much.
constexpr std::chrono::seconds lease_margin{30};
/// Another model's worst case is reserved under another key; this many keys are tried when earlier
/// calls of the same content were settled.
constexpr int keys_max = 50;

Error budget_error(const storage::BudgetAnswer& answer) {
  Error error{Errc::rate_limited, "the budget for language models is used up", {}, {}};
  if (!answer.tightest)
    return error;
  const auto& note = *answer.tightest;
  char left[64];
  std::snprintf(left, sizeof left, "%.4f of %.2f USD", static_cast<double>(note.left_nano) / 1e9,
                static_cast<double>(note.limit_nano) / 1e9);
  error.detail = "the " + std::string{name_of(note.key.period)} +
                 "'s budget for language models (" + std::string{name_of(note.key.scope)} +
                 ") has no room for this call: " + left + " are left, and it starts anew at " +
                 to_rfc3339(note.resets_at);
  error.retry_after = std::chrono::duration_cast<std::chrono::milliseconds>(
    std::max(note.resets_at - now(), Time::duration{1'000'000}));
  return error;
}

/// Reserves the worst case of an attempt. The key says what the call is; a call of the same content
/// that is settled already was another one, so the next number is tried.
task<Result<std::pair<storage::EffectKey, storage::BudgetAnswer>>> reserve(Journey& journey,
                                                                           std::int64_t worst) {
  auto trace = journey.context.trace.header();
  for (int number = 0;; ++number) {
    auto attempt = std::to_string(journey.attempts) + "." + std::to_string(number);
    storage::SpendingWish wish;
    wish.key = storage::effect_key({trace, journey.operation.name, journey.prepared->key, attempt});
    wish.company = journey.payer.company;
    wish.user = journey.payer.user;
    wish.worst_nano = worst;
    wish.lease = timeout_of(journey) + lease_margin;
    auto answer = co_await net::ask(journey.services.gateway->budgets, journey.context,
                                    Reserve{wish, journey.priority});
    if (!answer)
      co_return fail(std::move(answer.error()));
    bool taken = answer->answer.outcome == SpendingOutcome::settled ||
                 answer->answer.outcome == SpendingOutcome::busy;
    if (!taken)
      co_return std::pair{wish.key, std::move(answer->answer)};
    if (number >= keys_max)
      co_return fail(Errc::conflict, "this very call has been made too often");
  }
}

void settle(Journey& journey, const storage::EffectKey& key, const storage::BudgetAnswer& reserved,
            std::int64_t cost) {
  storage::SpendingPlace place{journey.payer.company, journey.payer.user, reserved.at};
  if (auto budgets = journey.services.gateway->budgets())
    caf::anon_send(*budgets, Settle{{key, reserved.fence, cost, place}});
}

void tell_provider(Journey& journey, ModelProvider provider, Ended ended) {
  if (auto actor = journey.services.gateway->provider(provider))
    caf::anon_send(*actor, std::move(ended));
}

}  // namespace

task<Step> one_attempt(Journey& journey, const Candidate& candidate) {
  auto& services = journey.services;
  ++journey.attempts;
  auto provider = candidate.model->provider;
  auto find_provider = [&services, provider] { return services.gateway->provider(provider); };
  const auto& wire = prepared(journey, candidate).wire;
  Step step;
  auto worst = worst_case_nano(*candidate.model, wire.text_bytes, wire.images, candidate.max_tokens,
                               day_of(now()));
  if (!worst) {
    step.error = std::move(worst.error());
    step.next = Next::next_model;
    co_return step;
  }
  Admit admit;
  admit.model = wire.model;
  admit.priority = journey.priority;
  admit.tokens = wire.text_bytes / 4 + candidate.max_tokens / 4;
  admit.tenant = journey.payer.user ? journey.payer.tenant : "";
  auto permit = co_await net::ask(find_provider, journey.context, admit);
  if (!permit) {
    step.error = std::move(permit.error());
    step.wait = step.error.retry_after;
    step.shut = step.error.code == Errc::unavailable;
    step.next = Next::next_model;
    co_return step;
  }
  auto not_sent = [&] {
    Ended ended;
    ended.permit = permit->id;
    ended.end = AttemptEnd::not_sent;
    tell_provider(journey, provider, std::move(ended));
  };
  auto reserved = co_await reserve(journey, *worst);
  if (!reserved) {
    not_sent();
    step.error = std::move(reserved.error());
    co_return step;
  }
  const auto& answer = reserved->second;
  bool refused = answer.outcome != SpendingOutcome::admitted;
  if (refused || cancelled(journey) ||
      (answer.level == BudgetLevel::economy && !journey.economy &&
       !journey.operation.economy.empty())) {
    if (!refused)
      settle(journey, reserved->first, answer, 0);
    not_sent();
    step.error =
      refused ? budget_error(answer) : Error{Errc::cancelled, "the call was cancelled", {}, {}};
    if (!cancelled(journey) && !journey.economy && !journey.operation.economy.empty())
      step.next = Next::economy;
    co_return step;
  }
  if (journey.shown && journey.on_event)
    journey.on_event({ModelEvent::Kind::restart, candidate.model->name});
  journey.shown = false;
  auto context = journey.context;
  context.trace = context.trace.child();
  context.deadline = std::min(context.deadline, Context::Clock::now() + timeout_of(journey));
  auto began = now();
  auto result =
    co_await attempt(services, context, wire, journey.cancel, [&journey](std::string_view text) {
      journey.shown = true;
      if (journey.on_event)
        journey.on_event({ModelEvent::Kind::text, text});
    });
  auto cost = cost_nano(*candidate.model, result.usage, day_of(began));
  if (!cost)
    spdlog::error("event=model.no_price model={} why=\"{}\"", wire.model, cost.error().detail);
  auto paid = cost ? *cost : *worst;
  settle(journey, reserved->first, answer, paid);
  log_attempt(journey, wire, result, began, paid);
  tell_provider(journey, provider, ended_of(permit->id, result));
  journey.cost_nano += paid;
  journey.usage.input += result.usage.input;
  journey.usage.cached += result.usage.cached;
  journey.usage.output += result.usage.output;
  journey.model = wire.model;
  if (result.failure && !result.cancelled)
    spdlog::warn("event=model.failed operation={} model={} attempt={} ms={} why=\"{}\" trace={}",
                 journey.operation.name, wire.model, journey.attempts, result.latency.count(),
                 result.failure->error.detail, journey.context.trace.id());
  co_return judge(journey, result);
}

}  // namespace jobraker::llm
