#pragma once

#include <chrono>
#include <cstdint>

#include "config/llm_tables.hpp"
#include "messages/model.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

/// Money is whole nano-dollars (1e-9 USD), dated by the day (UTC) on which a call began.
namespace jobraker::llm {

/// The price that holds on `day`. Errc::not_found when the table has none that early: there is no
/// other model's or other day's price instead.
Result<Price> price_at(const ModelInfo& model, std::chrono::sys_days day);

/// What a call has cost. `cache_written` tokens are a part of `usage.input`, disjoint from
/// `usage.cached` (OpenAI's cache_write_tokens, Anthropic's cache_creation_input_tokens). Errc::
/// invalid for counts that are negative, absurdly large, or do not fit into the input.
Result<std::int64_t> cost_nano(const ModelInfo& model, const TokenUsage& usage,
                               std::chrono::sys_days day, std::int64_t cache_written = 0);

/// What a call can cost at most, whatever the provider counts: every token stands for at least one
/// byte of the request's body, images are counted apart by the model's bound, and the answer is at
/// most `max_tokens` long. `input_bytes` is the length of the body without the images' base64.
/// Errc::invalid for numbers out of range, Errc::not_found when there is no price, Errc::
/// unprocessable for images to a model that takes none.
Result<std::int64_t> worst_case_nano(const ModelInfo& model, std::int64_t input_bytes,
                                     std::int64_t images, std::int64_t max_tokens,
                                     std::chrono::sys_days day);

/// The day (UTC) of a moment.
inline std::chrono::sys_days day_of(Time time) {
  return std::chrono::floor<std::chrono::days>(time);
}

}  // namespace jobraker::llm
