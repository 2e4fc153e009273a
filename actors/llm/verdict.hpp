#pragma once

#include "actors/llm/journey.hpp"
#include "actors/llm/llm_handles.hpp"

/// What an attempt's result means, for the call and for its provider. No effects.
namespace jobraker::llm {

/// How the provider's actor is told of the attempt with this permit.
Ended ended_of(std::int64_t permit, const AttemptResult& result);

/// The answer, or what to do next and why.
Step judge(const Journey& journey, const AttemptResult& result);

}  // namespace jobraker::llm
