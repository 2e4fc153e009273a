#pragma once

#include <map>

#include "actors/llm/core/call_figures.hpp"
#include "actors/operation/core/family.hpp"

namespace jobraker::operation {

/// How one budget of the whole server stands, in dollars.
struct BudgetReading {
  std::string period{};  ///< `day`, `month`
  double limit = 0;
  double spent = 0;
  double reserved = 0;
};

/// Calls of models. Where OpenTelemetry's semantic conventions for generative AI have a metric, its
/// name and labels are used, as Prometheus spells them.
void add_families(Families& families, const std::map<llm::CallKey, llm::CallSums>& calls);
void add_families(Families& families, const std::vector<BudgetReading>& budgets);

}  // namespace jobraker::operation
