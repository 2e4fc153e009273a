#pragma once

#include <string>

#include "actors/llm/gateway.hpp"

namespace jobraker::llm {

/// Starts `/system/llm-cache`.
CacheActor start_cache(Services& services, const std::string& path);

}  // namespace jobraker::llm
