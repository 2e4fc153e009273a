#pragma once

#include <string>

#include "actors/llm/gateway.hpp"

namespace jobraker::llm {

/// Starts `/system/budgets`.
BudgetActor start_budgets(Services& services, const std::string& path);

}  // namespace jobraker::llm
