#pragma once

#include "actors/llm/gateway.hpp"
#include "tools/server/machine.hpp"

namespace jobraker::server {

/// The way to language models: providers, budgets, the log and the cache of calls.
class Models {
public:
  explicit Models(Machine& machine);

  /// Reads the tables of models and operations. A model without a known price is an error at start,
  /// not at the first call.
  Done prepare();
  void offer(Actors& actors) const;
  /// What was spent and what was called gets into the rows; until the deadline, since PostgreSQL
  /// may be away.
  task<bool> flush();
  void close();

private:
  llm::Gateway gateway_;
  Supervised<llm::ProviderActor> openai_;
  Supervised<llm::ProviderActor> anthropic_;
  Supervised<llm::BudgetActor> budgets_;
  Supervised<llm::CallLogActor> call_log_;
  Supervised<llm::CacheActor> cache_;
  Supervised<LlmDeskActor> desk_;
};

}  // namespace jobraker::server
