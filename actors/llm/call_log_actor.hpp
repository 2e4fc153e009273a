#pragma once

#include <string>

#include "actors/llm/gateway.hpp"

namespace jobraker::llm {

/// Starts `/system/llm-log`.
CallLogActor start_call_log(Services& services, const std::string& path);

}  // namespace jobraker::llm
