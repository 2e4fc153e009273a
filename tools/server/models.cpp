#include "tools/server/models.hpp"

#include "actors/llm/budget_actor.hpp"
#include "actors/llm/cache_actor.hpp"
#include "actors/llm/call_log_actor.hpp"
#include "actors/llm/llm_desk.hpp"
#include "actors/llm/provider_actor.hpp"
#include "net/ask.hpp"

namespace jobraker::server {

Models::Models(Machine& machine)
    : gateway_{.log_databases = *machine.log_databases},
      openai_(machine.supervised<llm::ProviderActor>("/integrations/openai", llm::start_provider)),
      anthropic_(
        machine.supervised<llm::ProviderActor>("/integrations/anthropic", llm::start_provider)),
      budgets_(machine.supervised<llm::BudgetActor>("/system/budgets", llm::start_budgets)),
      call_log_(machine.supervised<llm::CallLogActor>("/system/llm-log", llm::start_call_log)),
      cache_(machine.supervised<llm::CacheActor>("/system/llm-cache", llm::start_cache)),
      desk_(machine.supervised<LlmDeskActor>("/system/llm", llm::start_llm_desk)) {
  gateway_.defaults = {machine.config.llm.model, machine.config.llm.embedding_model};
  gateway_.provider = [this](ModelProvider provider) {
    return provider == ModelProvider::openai ? openai_.find() : anthropic_.find();
  };
  gateway_.budgets = [this] { return budgets_.find(); };
  gateway_.call_log = [this] { return call_log_.find(); };
  gateway_.cache = [this] { return cache_.find(); };
  machine.services.gateway = &gateway_;
}

Done Models::prepare() {
  if (auto problem = read_embedded_llm_tables(gateway_.tables))
    return fail(Errc::internal, problem.text);
  for (const auto& [name, operation] : gateway_.tables.operations)
    if (auto list = llm::resolve(gateway_.tables, gateway_.defaults, name); !list)
      return fail(std::move(list.error()));
  return {};
}

void Models::offer(Actors& actors) const {
  actors.llm = [this] { return desk_.find(); };
}

task<bool> Models::flush() {
  auto context = Context::system(std::chrono::seconds{5});
  auto settled = co_await net::ask(gateway_.budgets, context, llm::Flush{});
  auto logged = co_await net::ask(gateway_.call_log, context, llm::Flush{});
  co_return settled.has_value() && logged.has_value();
}

void Models::close() {
  openai_.close();
  anthropic_.close();
  budgets_.close();
  call_log_.close();
  cache_.close();
  desk_.close();
}

}  // namespace jobraker::server
