#include "actors/llm/journey.hpp"

#include <random>

#include <caf/send.hpp>

#include "actors/llm/core/cache.hpp"
#include "actors/llm/core/retry.hpp"
#include "actors/system/pause.hpp"
#include "net/ask.hpp"

namespace jobraker::llm {
namespace {

double dice() {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(random);
}

Result<std::vector<Candidate>> candidates_of(const Journey& journey) {
  auto& gateway = *journey.services.gateway;
  ResolveOptions options;
  options.economy = journey.economy;
  for (const auto& message : journey.question.chat.messages)
    options.images = options.images || !message.images.empty();
  auto list = resolve(gateway.tables, gateway.defaults, journey.operation.name, options);
  if (!list)
    return list;
  const auto& config = journey.services.config;
  std::erase_if(*list, [&](const Candidate& candidate) {
    return candidate.model->provider == ModelProvider::anthropic &&
           config.anthropic.api_key.empty();
  });
  if (list->empty())
    return fail(Errc::unavailable, "no model of this operation has a key");
  for (auto& candidate : *list) {
    if (candidate.max_tokens > 0)
      candidate.max_tokens = std::min(candidate.max_tokens, config.llm.max_output_tokens);
    if (config.llm.continuous_usage && candidate.model->provider == ModelProvider::openai)
      candidate.dialect.continuous_usage = true;
  }
  return list;
}

/// Tries models in turn, each a few times, until one answers or the deadline is near. `reopens`:
/// in how long the last model may be asked again when it was not even tried.
task<Result<std::shared_ptr<WireReply>>>
try_models(Journey& journey, std::optional<std::chrono::milliseconds>& reopens) {
  auto list = candidates_of(journey);
  if (!list)
    co_return fail(std::move(list.error()));
  Error last{Errc::unavailable, "no model answered", {}, {}};
  auto attempts_max = journey.services.config.llm.attempts_max;
  for (std::size_t i = 0; i < list->size(); ++i) {
    for (int attempt = 1; attempt <= attempts_max; ++attempt) {
      if (cancelled(journey))
        co_return fail(Errc::cancelled, "the call was cancelled");
      auto step = co_await one_attempt(journey, (*list)[i]);
      if (step.reply)
        co_return step.reply;
      // The first reason is the telling one when a later model is merely not there.
      if (i == 0 || step.error.code != Errc::unavailable)
        last = step.error;
      reopens = step.shut ? step.wait : std::nullopt;
      if (step.next == Next::give_up)
        co_return fail(std::move(last));
      if (step.next == Next::economy) {
        journey.economy = true;
        list = candidates_of(journey);
        if (!list)
          co_return fail(std::move(list.error()));
        i = static_cast<std::size_t>(-1);
        break;
      }
      if (step.next == Next::next_provider)
        while (i + 1 < list->size() && (*list)[i + 1].model->provider == (*list)[i].model->provider)
          ++i;
      if (step.next == Next::next_model || step.next == Next::next_provider)
        break;
      auto left = journey.context.left(std::chrono::hours{1});
      // A fall-back is at hand: long waits are for the last model only.
      bool others = i + 1 < list->size();
      auto wait = retry_wait(attempt + 1, step.wait, dice(), left);
      if (!wait || (others && (attempt >= 2 || *wait > std::chrono::seconds{2})))
        break;
      co_await pause(*wait);
    }
    if (journey.context.expired())
      co_return fail(Error{Errc::timed_out, "the deadline passed; last: " + last.detail, {}, {}});
  }
  co_return fail(std::move(last));
}

}  // namespace

Journey journey_of(Services& services, const Operation& operation, Context context, Payer payer) {
  context.deadline = std::min(context.deadline, Context::Clock::now() + operation.deadline);
  return Journey{services, operation, std::move(context), std::move(payer)};
}

std::chrono::milliseconds timeout_of(const Journey& journey) {
  return std::min(journey.operation.timeout,
                  std::chrono::milliseconds{journey.services.config.llm.timeout_ms});
}

const Prepared& prepared(Journey& journey, const Candidate& candidate) {
  if (journey.prepared && journey.prepared->model == candidate.model)
    return *journey.prepared;
  auto wire = wire_request(journey.question, candidate);
  auto key = cache_key({journey.payer.tenant, journey.operation.name,
                        journey.operation.prompt_version, wire.model, wire.body});
  return journey.prepared.emplace(Prepared{candidate.model, std::move(wire), std::move(key)});
}

bool cancelled(const Journey& journey) { return journey.cancel && journey.cancel->cancelled(); }

task<Result<std::shared_ptr<WireReply>>> travel(Journey& journey) {
  constexpr int rounds_max = 2;
  for (int round = 1;; ++round) {
    std::optional<std::chrono::milliseconds> reopens;
    auto reply = co_await try_models(journey, reopens);
    if (reply || !reopens || round >= rounds_max || cancelled(journey))
      co_return reply;
    auto wait = retry_wait(2, *reopens, dice(), journey.context.left(std::chrono::hours{1}));
    if (!wait || *wait * 2 > journey.context.left(std::chrono::hours{1}))
      co_return reply;
    co_await pause(*wait);
  }
}

task<Result<std::shared_ptr<const WireReply>>> travel_once(Journey& journey) {
  auto& gateway = *journey.services.gateway;
  auto list = candidates_of(journey);
  if (!list)
    co_return fail(std::move(list.error()));
  const auto& first = list->front();
  auto key = prepared(journey, first).key;
  auto known = co_await net::ask(gateway.cache, journey.context, Recall{key});
  if (!known)
    co_return fail(std::move(known.error()));
  if (known->reply) {
    journey.model = first.model->name;
    auto record = record_of(journey, first.model->provider, first.model->name);
    record.cache_hit = true;
    record.outcome = known->shared ? "shared" : "cached";
    log_call(journey, std::move(record));
    co_return known->reply;
  }
  auto reply = co_await travel(journey);
  Learnt learnt;
  learnt.key = key;
  if (reply) {
    learnt.reply = *reply;
    if (journey.operation.cacheable)
      learnt.keep = journey.operation.cache_for;
  } else {
    learnt.error = reply.error();
  }
  if (auto cache = gateway.cache())
    caf::anon_send(*cache, std::move(learnt));
  if (!reply)
    co_return fail(std::move(reply.error()));
  co_return *reply;
}

}  // namespace jobraker::llm
