#include "actors/operation/core/model_families.hpp"

namespace jobraker::operation {
namespace {

using Calls = std::map<llm::CallKey, llm::CallSums>;

std::string_view operation_name(ModelKind kind) {
  switch (kind) {
  case ModelKind::chat:
    return "chat";
  case ModelKind::embedding:
    return "embeddings";
  case ModelKind::moderation:
    return "moderation";
  }
  return "chat";
}

bool any(const llm::CallSizes& sizes) {
  for (const auto count : sizes.counts)
    if (count > 0)
      return true;
  return false;
}

/// Whose figure it is, in OpenTelemetry's words, and `more`.
Labels labels(const llm::CallKey& key, const llm::CallSums& sums, Labels more = {}) {
  Labels out{{"gen_ai_operation_name", operation_name(sums.kind)},
             {"gen_ai_provider_name", key.provider},
             {"gen_ai_request_model", key.model},
             {"operation", key.operation}};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

void add_sizes(Family& family, const llm::CallSizes& sizes, const std::array<double, 14>& bounds,
               const Labels& with) {
  if (any(sizes))
    family.add(Distribution{{bounds.begin(), bounds.end()},
                            {sizes.counts.begin(), sizes.counts.end()},
                            sizes.sum},
               with);
}

void add_conventional(Families& families, const Calls& calls) {
  auto tokens = Family::histogram(families, "gen_ai_client_token_usage",
                                  "Tokens of one call, input and output.");
  for (const auto& [key, sums] : calls) {
    add_sizes(tokens, sums.tokens_in, llm::call_tokens_bounds,
              labels(key, sums, {{"gen_ai_token_type", "input"}}));
    add_sizes(tokens, sums.tokens_out, llm::call_tokens_bounds,
              labels(key, sums, {{"gen_ai_token_type", "output"}}));
  }
  auto seconds = Family::histogram(families, "gen_ai_client_operation_duration_seconds",
                                   "Time of one call; those that failed have an error_type.");
  for (const auto& [key, sums] : calls) {
    add_sizes(seconds, sums.seconds_good, llm::call_seconds_bounds, labels(key, sums));
    add_sizes(seconds, sums.seconds_failed, llm::call_seconds_bounds,
              labels(key, sums, {{"error_type", "_OTHER"}}));
  }
  auto first = Family::histogram(families, "gen_ai_client_operation_time_to_first_chunk_seconds",
                                 "Until the first piece of a streamed answer.");
  for (const auto& [key, sums] : calls)
    add_sizes(first, sums.first_token, llm::call_seconds_bounds, labels(key, sums));
}

}  // namespace

void add_families(Families& families, const Calls& calls) {
  add_conventional(families, calls);
  auto outcomes = Family::counter(families, "jobraker_llm_calls_total",
                                  "Attempts to call a model, by what became of them.");
  for (const auto& [key, sums] : calls)
    for (const auto& [outcome, count] : sums.outcomes)
      outcomes.add(count, {{"operation", key.operation},
                           {"provider", key.provider},
                           {"model", key.model},
                           {"outcome", outcome}});
  const auto each = [&](Family family, auto value) {
    for (const auto& [key, sums] : calls)
      family.add(value(sums), {{"operation", key.operation}, {"model", key.model}});
  };
  each(Family::counter(families, "jobraker_llm_cost_dollars_total", "What calls have cost."),
       [](const llm::CallSums& sums) { return static_cast<double>(sums.cost_nano) / 1e9; });
  each(Family::counter(families, "jobraker_llm_cache_hits_total",
                       "Questions that a model had answered before."),
       [](const llm::CallSums& sums) { return sums.cache_hits; });
  each(Family::counter(families, "jobraker_llm_cached_tokens_total",
                       "Input tokens that the provider had in its cache."),
       [](const llm::CallSums& sums) { return sums.tokens_cached; });
}

void add_families(Families& families, const std::vector<BudgetReading>& budgets) {
  const auto each = [&](Family family, double BudgetReading::*figure) {
    for (const auto& one : budgets)
      family.add(one.*figure, {{"period", one.period}});
  };
  each(Family::gauge(families, "jobraker_llm_budget_limit_dollars", "The whole server's budget."),
       &BudgetReading::limit);
  each(Family::gauge(families, "jobraker_llm_budget_spent_dollars", "Spent in this period."),
       &BudgetReading::spent);
  each(Family::gauge(families, "jobraker_llm_budget_reserved_dollars",
                     "Promised to calls that are being made."),
       &BudgetReading::reserved);
}

}  // namespace jobraker::operation
