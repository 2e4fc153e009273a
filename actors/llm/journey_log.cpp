#include <caf/send.hpp>

#include "actors/llm/journey.hpp"

namespace jobraker::llm {
namespace {

std::string outcome_word(const AttemptResult& result) {
  if (result.cancelled)
    return "cancelled";
  if (!result.failure)
    return "ok";
  const auto& failure = *result.failure;
  return failure.quota             ? "quota"
         : failure.limited         ? "rate_limited"
         : failure.slow_down       ? "slow_down"
         : failure.overloaded      ? "overloaded"
         : failure.model_not_found ? "model_not_found"
                                   : std::string{to_string(failure.error.code)};
}

}  // namespace

storage::CallRecord record_of(const Journey& journey, ModelProvider provider,
                              const std::string& model) {
  storage::CallRecord record;
  record.id = new_uuid();
  record.at = now();
  record.operation = journey.operation.name;
  record.provider = provider == ModelProvider::openai ? "openai" : "anthropic";
  record.model = model;
  record.user_id = journey.payer.user;
  record.company_id = journey.payer.company;
  record.attempt = std::max<std::int64_t>(journey.attempts, 1);
  record.prompt_version = journey.operation.prompt_version;
  record.trace_id = journey.context.trace.id();
  return record;
}

void log_call(Journey& journey, storage::CallRecord record) {
  if (auto log = journey.services.gateway->call_log())
    caf::anon_send(*log, LogCall{std::move(record)});
}

void log_attempt(Journey& journey, const WireRequest& wire, const AttemptResult& result, Time began,
                 std::int64_t cost) {
  auto record = record_of(journey, wire.provider, wire.model);
  record.at = began;
  record.tokens_in = result.usage.input;
  record.tokens_cached = result.usage.cached;
  record.tokens_out = result.usage.output;
  record.cost_nano = cost;
  record.estimated = result.estimated;
  record.latency_ms = result.latency.count();
  if (result.first_token)
    record.first_token_ms = result.first_token->count();
  record.outcome = outcome_word(result);
  if (result.failure && !result.cancelled)
    record.error = result.failure->error.detail;
  log_call(journey, std::move(record));
}

}  // namespace jobraker::llm
