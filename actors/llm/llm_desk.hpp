#pragma once

#include <string>

#include "actors/llm/gateway.hpp"

namespace jobraker::llm {

/// Starts `/system/llm`.
LlmDeskActor start_llm_desk(Services& services, const std::string& path);

}  // namespace jobraker::llm
