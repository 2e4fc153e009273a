#include "tools/server/machine.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "actors/events/event_services.hpp"
#include "actors/system/pause.hpp"
#include "actors/system/work_pool.hpp"
#include "net/ask.hpp"
#include "net/client/http_clients.hpp"
#include "storage/databases.hpp"
#include "tools/server/settings.hpp"

namespace jobraker::server {
namespace {

constexpr std::size_t work_waiting_max = 10'000;
constexpr std::size_t logins_waiting_max = 1'000;
/// Behind the back-off, so that a look is not a moment too early.
constexpr std::chrono::milliseconds behind{10};

}  // namespace

Machine::Machine(Config configuration)
    : config(std::move(configuration)), io(static_cast<std::size_t>(config.server.threads)),
      databases(std::make_unique<storage::Databases>(
        io.contexts(), telling_settings(config.database.connections_per_thread))),
      // The log of calls never waits behind the others' statements.
      log_databases(std::make_unique<storage::Databases>(
        io.contexts(), telling_settings(config.llm.log_connections))),
      http(std::make_unique<net::HttpClients>(io.contexts(), client_settings(config.llm))),
      work(std::make_unique<WorkPool>(io.size(), work_waiting_max)),
      passwords(std::make_unique<WorkPool>(1, logins_waiting_max)), ports(io.size()),
      system(io,
             config.actors.scheduler == "io" ? ActorSystem::Scheduler::io
                                             : ActorSystem::Scheduler::caf,
             [this](std::size_t index) {
               ports[index] = std::make_unique<net::ReplyPort>(system.caf(), io.context(index));
               net::ReplyPort::bind(ports[index].get());
               storage::Databases::bind(index);
               net::HttpClients::bind(index);
             }),
      services{config, system, io, *databases, *http, *work, *passwords} {}

Machine::~Machine() = default;

/// Commits wake those who tell what is in the outbox.
storage::Settings Machine::telling_settings(std::int64_t connections) {
  auto settings = storage_settings(config.database);
  settings.connections = static_cast<std::size_t>(connections);
  settings.on_told = [this] {
    if (services.events)
      services.events->wake();
  };
  return settings;
}

void Machine::bring_back(std::string what, std::chrono::milliseconds wait,
                         std::function<Done()> look) {
  asio::co_spawn(
    io.any(),
    [what = std::move(what), wait, look = std::move(look)]() mutable -> task<void> {
      if (wait.count() > 0)
        co_await pause(wait + behind);
      for (;;) {
        auto found = look();
        if (found || !found.error().retry_after)  // back, or the server ends
          break;
        spdlog::warn("event=actor.not_back actor={} why=\"{}\"", what, found.error().detail);
        co_await pause(*found.error().retry_after + behind);
      }
    },
    asio::detached);
}

void Machine::let_go() {
  for (std::size_t i = 0; i < io.size(); ++i) {
    std::promise<void> done;
    auto closed = done.get_future();
    asio::post(io.context(i), [this, i, &done] {
      ports[i]->close();
      databases->at(i).close();
      log_databases->at(i).close();
      http->close_here();
      done.set_value();
    });
    closed.wait();
  }
}

void Machine::shut() {
  work.reset();
  passwords.reset();
  ports.clear();
  http.reset();
  databases.reset();
  log_databases.reset();
  io.destroy();
}

}  // namespace jobraker::server
