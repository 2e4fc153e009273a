#include "actors/llm/core/prices.hpp"

#include <algorithm>

namespace jobraker::llm {
namespace {

/// Above these nobody means it, and below them no sum overflows: prices are at most 1e6
/// nano-dollars.
constexpr std::int64_t count_max = 1'000'000'000'000;
constexpr std::int64_t images_max = 10'000;

bool in_range(std::int64_t count) { return count >= 0 && count <= count_max; }

std::int64_t dearest_input(const TokenPrice& price) {
  return std::max({price.input, price.cached, price.cache_write});
}

}  // namespace

Result<Price> price_at(const ModelInfo& model, std::chrono::sys_days day) {
  auto later = std::find_if(model.prices.begin(), model.prices.end(),
                            [&](const Price& price) { return price.from > day; });
  if (later == model.prices.begin())
    return fail(Errc::not_found, "no price of " + model.name + " is known for that day");
  return *std::prev(later);
}

Result<std::int64_t> cost_nano(const ModelInfo& model, const TokenUsage& usage,
                               std::chrono::sys_days day, std::int64_t cache_written) {
  if (!in_range(usage.input) || !in_range(usage.output) || !in_range(usage.cached) ||
      !in_range(cache_written) || usage.cached + cache_written > usage.input)
    return fail(Errc::invalid, "these token counts cannot be: " + std::to_string(usage.input) +
                                 " in, " + std::to_string(usage.cached) + " of them cached, " +
                                 std::to_string(usage.output) + " out");
  auto price = price_at(model, day);
  if (!price)
    return fail(std::move(price.error()));
  bool is_long = price->long_above > 0 && usage.input > price->long_above;
  const auto& tokens = is_long ? price->long_tokens : price->tokens;
  auto plain = usage.input - usage.cached - cache_written;
  return plain * tokens.input + usage.cached * tokens.cached + cache_written * tokens.cache_write +
         usage.output * tokens.output;
}

Result<std::int64_t> worst_case_nano(const ModelInfo& model, std::int64_t input_bytes,
                                     std::int64_t images, std::int64_t max_tokens,
                                     std::chrono::sys_days day) {
  if (!in_range(input_bytes) || !in_range(max_tokens) || images < 0 || images > images_max)
    return fail(Errc::invalid, "a call cannot be that large");
  if (images > 0 && model.image_tokens_max == 0)
    return fail(Errc::unprocessable, model.name + " does not see images");
  auto price = price_at(model, day);
  if (!price)
    return fail(std::move(price.error()));
  auto input = input_bytes + images * model.image_tokens_max + model.overhead_tokens;
  auto in = dearest_input(price->tokens);
  auto out = price->tokens.output;
  if (price->long_above > 0 && input > price->long_above) {
    in = std::max(in, dearest_input(price->long_tokens));
    out = std::max(out, price->long_tokens.output);
  }
  return input * in + max_tokens * out;
}

}  // namespace jobraker::llm
