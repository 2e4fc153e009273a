#pragma once

#include <string>

#include "actors/llm/gateway.hpp"

namespace jobraker::llm {

/// Starts `/integrations/openai` or `/integrations/anthropic`: one lane a model, each with its
/// queue, limits and breaker; together they hold a bound of calls in flight.
ProviderActor start_provider(Services& services, const std::string& path);

}  // namespace jobraker::llm
