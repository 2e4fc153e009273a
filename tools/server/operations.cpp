#include "tools/server/operations.hpp"

#include "actors/inspection/console_actor.hpp"
#include "actors/inspection/inspector_actor.hpp"
#include "actors/inspection/under_way.hpp"
#include "actors/operation/actor_names.hpp"
#include "actors/operation/http_reading.hpp"
#include "actors/operation/log_format.hpp"
#include "actors/operation/log_level.hpp"
#include "actors/operation/operator_desk.hpp"
#include "actors/operation/settings_view.hpp"
#include "net/api/chat_api.hpp"
#include "net/http/server.hpp"
#include "tools/server/settings.hpp"

namespace jobraker::server {

Operations::Operations(Machine& machine)
    : machine_(machine),
      inspection_(std::make_unique<inspection::Inspection>(machine.system.registry())),
      inspector_(machine.system.registry(), "/system/inspector",
                 [this](const std::string& at) {
                   return start_inspector(machine_.services, *inspection_, at);
                 }),
      desk_(machine.system.registry(), "/system/operator",
            [this](const std::string& at) {
              return operation::start_operator_desk(machine_.services, at);
            }),
      metrics_(machine.services, dependencies_, JOBRAKER_VERSION),
      readiness_(machine.services, dependencies_) {
  dependencies_.add("postgresql", true);
  dependencies_.add("openai", false);
  dependencies_.add("anthropic", false);
  inspection::watch_under_way(machine.services, inspection_->lookout);
  operation::name_actors_in_logs([&registry = machine.system.registry()](std::uint64_t actor) {
    return operation::path_of(registry, actor);
  });
}

void Operations::offer(const Actors& actors, net::Capabilities& capabilities,
                       net::Operation& operation, std::function<const net::Server*()> http) {
  capabilities.console = console(actors);
  inspection_->http = [http] {
    const auto* running = http();
    const auto counters = running ? running->counters() : net::ServerCounters{};
    return inspection::HttpFigures{counters.requests, counters.requests_running,
                                   counters.answered[5]};
  };
  metrics_.add([http](operation::Families& families) {
    if (const auto* running = http())
      operation::add_families(families, operation::read_http(*running));
  });
  capabilities.operator_desk = [this] { return desk_.find(); };
  operation.settings = [settings = operation::settings_json(shown_settings(
                          machine_.config, process_environment()))] { return settings; };
  operation.readiness = [this](auto until) { return readiness_.look(until); };
  operation.metrics = [this](auto until) { return metrics_.scrape(until); };
  operation.log_level = operation::log_level;
  operation.set_log_level = [this](Context context, LogLevel level) {
    return operation::change_log_level(machine_.services, std::move(context), level);
  };
}

net::ConsoleSettings Operations::console(const Actors& actors) {
  net::ConsoleSettings console;
  console.inspector = [this] { return inspector_.find(); };
  console.open = inspection::console_opener(machine_.services, *inspection_);
  console.redeem = net::redeem_ticket(actors.chat);
  console.origins = machine_.config.chat.allowed_origins;
  console.websocket = websocket_settings(machine_.config.chat);
  return console;
}

task<bool> Operations::leave(Context::Clock::time_point deadline) {
  co_await readiness_.leave(deadline);
  co_return true;
}

void Operations::close() {
  inspector_.close();
  desk_.close();
}

void Operations::shut() { inspection_.reset(); }

}  // namespace jobraker::server
