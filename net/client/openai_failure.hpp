#pragma once

#include <optional>

#include "messages/json.hpp"
#include "messages/model.hpp"
#include "net/client/model_failure.hpp"

/// INTERNAL to net/client: errors and usage as OpenAI and compatible servers write them.
namespace jobraker::net::openai {

/// The error that an object of a stream is, if it is one: `error` is there and not null, or the
/// flat form of older vLLM. `status` stays 0.
std::optional<FailureSigns> signs_in_stream(json::View root);

/// The tokens of a call; nullopt when the server does not say.
std::optional<TokenUsage> read_usage(json::View usage);

}  // namespace jobraker::net::openai
