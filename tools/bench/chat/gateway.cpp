#include <cstdio>
#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <unistd.h>

#include "actors/llm/budget_actor.hpp"
#include "actors/llm/cache_actor.hpp"
#include "actors/llm/call_log_actor.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/llm/provider_actor.hpp"
#include "actors/system/supervised.hpp"
#include "actors/system/work_pool.hpp"
#include "net/ask.hpp"
#include "net/client/http_clients.hpp"
#include "storage/accounts.hpp"
#include "storage/databases.hpp"
#include "storage/migrate.hpp"
#include "tools/bench/chat/load.hpp"

namespace jobraker::bench {
namespace {

storage::Settings storage_settings(const std::string& url, std::size_t connections) {
  storage::Settings settings;
  settings.url = url;
  settings.connections = connections;
  settings.max_waiting = 10000;
  return settings;
}

net::ClientSettings client_settings() {
  net::ClientSettings settings;
  settings.connections_per_host = 1000;
  return settings;
}

Config bench_config(const std::string& database_url, Place service) {
  Config config;
  config.database.url = database_url;
  config.llm.base_url = "http://127.0.0.1:" + std::to_string(service.port) + "/v1";
  config.llm.api_key = "sk-bench";
  config.llm.in_flight_max = 1000;
  return config;
}

/// The gateway with its actors, wired as in the server, on one I/O thread.
struct World {
  World(const std::string& url, Place service)
      : config(bench_config(url, service)), io(1),
        databases(std::make_unique<storage::Databases>(io.contexts(), storage_settings(url, 4))),
        log_databases(
          std::make_unique<storage::Databases>(io.contexts(), storage_settings(url, 1))),
        http(std::make_unique<net::HttpClients>(io.contexts(), client_settings())), work(1, 100),
        system(io, ActorSystem::Scheduler::io,
               [this](std::size_t index) {
                 port = std::make_unique<net::ReplyPort>(system.caf(), io.context(index));
                 net::ReplyPort::bind(port.get());
                 storage::Databases::bind(index);
                 net::HttpClients::bind(index);
               }),
        services{config, system, io, *databases, *http, work, work} {
    services.gateway = &gateway;
    gateway.defaults = {config.llm.model, config.llm.embedding_model};
    gateway.provider = [this](ModelProvider) { return provider.find(); };
    gateway.budgets = [this] { return budgets.find(); };
    gateway.call_log = [this] { return call_log.find(); };
    gateway.cache = [this] { return cache.find(); };
  }

  ~World() {
    provider.close();
    budgets.close();
    call_log.close();
    cache.close();
    run<bool>([this]() -> task<bool> {
      port->close();
      databases->here().close();
      log_databases->here().close();
      http->close_here();
      co_return true;
    });
    system.shutdown();
    port.reset();
    http.reset();
    databases.reset();
    log_databases.reset();
    io.destroy();
  }

  template <class T>
  T run(std::function<task<T>()> job) {
    std::promise<T> promise;
    auto result = promise.get_future();
    asio::co_spawn(
      io.context(0), [&]() -> task<void> { promise.set_value(co_await job()); }, asio::detached);
    return result.get();
  }

  /// `count` runs of a job, `at_once` at a time; how many failed.
  std::size_t repeat(std::size_t count, std::size_t at_once,
                     std::function<task<bool>(std::size_t)> job) {
    std::promise<void> promise;
    auto done = promise.get_future();
    std::size_t next = 0;
    std::size_t left = at_once;
    std::size_t failed = 0;
    for (std::size_t i = 0; i < at_once; ++i)
      asio::co_spawn(
        io.context(0),
        [&]() -> task<void> {
          while (next < count) {
            auto number = next++;
            if (bool good = co_await job(number); !good)
              ++failed;
          }
          if (--left == 0)
            promise.set_value();
        },
        asio::detached);
    done.get();
    return failed;
  }

  Config config;
  IoThreads io;
  std::unique_ptr<storage::Databases> databases;
  std::unique_ptr<storage::Databases> log_databases;
  std::unique_ptr<net::HttpClients> http;
  WorkPool work;
  std::unique_ptr<net::ReplyPort> port;
  ActorSystem system;
  Services services;
  llm::Gateway gateway{.log_databases = *log_databases};
  template <class Handle>
  Supervised<Handle> supervised(std::string path, Handle (*start)(Services&, const std::string&)) {
    return {system.registry(), std::move(path),
            [this, start](const std::string& at) { return start(services, at); }};
  }
  Supervised<llm::ProviderActor> provider =
    supervised<llm::ProviderActor>("/integrations/openai", llm::start_provider);
  Supervised<llm::BudgetActor> budgets =
    supervised<llm::BudgetActor>("/system/budgets", llm::start_budgets);
  Supervised<llm::CallLogActor> call_log =
    supervised<llm::CallLogActor>("/system/llm-log", llm::start_call_log);
  Supervised<llm::CacheActor> cache =
    supervised<llm::CacheActor>("/system/llm-cache", llm::start_cache);
};

Context minute() { return Context::system(std::chrono::minutes{1}); }

/// One kind of call.
struct Kind {
  const char* name = "";
  const char* path = "";  ///< for the bare call
  std::function<std::string(std::size_t)> body{};
  std::function<task<bool>(std::size_t)> call{};
};

std::vector<Kind> kinds(World& world, UserId user) {
  auto text = [](std::size_t i) { return "Which notice is usual? No. " + std::to_string(i); };
  std::vector<Kind> out;
  out.push_back({"moderation (free)", "/moderations",
                 [text](std::size_t i) {
                   return R"({"model":"omni-moderation-latest","input":[")" + text(i) + "\"]}";
                 },
                 [&world, user, text](std::size_t i) -> task<bool> {
                   auto done = co_await llm::moderate(world.services, minute(), {text(i)}, user);
                   co_return done.has_value();
                 }});
  out.push_back({"embedding", "/embeddings",
                 [&world, text](std::size_t i) {
                   return R"({"model":")" + world.config.llm.embedding_model +
                          R"(","dimensions":768,"input":[")" + text(i) + "\"]}";
                 },
                 [&world, user, text](std::size_t i) -> task<bool> {
                   auto done = co_await llm::embed_texts(world.services, minute(), {text(i)}, user);
                   co_return done.has_value();
                 }});
  out.push_back({"chat answer, whole", "/chat/completions",
                 [&world, text](std::size_t i) {
                   return R"({"model":")" + world.config.llm.model +
                          R"(","messages":[{"role":"user","content":")" + text(i) + "\"}]}";
                 },
                 [&world, user, text](std::size_t i) -> task<bool> {
                   llm::ModelCall call;
                   call.operation = "chat";
                   call.messages.emplace_back();
                   call.messages.back().text = text(i);
                   call.user = user;
                   auto done = co_await llm::ask_model(world.services, minute(), std::move(call));
                   co_return done.has_value();
                 }});
  return out;
}

/// Microseconds of this process's processor time for one of `count` calls; -1 when one failed.
double cost(World& world, std::size_t count, std::size_t at_once,
            const std::function<task<bool>(std::size_t)>& job) {
  auto before = cpu_seconds(getpid());
  if (world.repeat(count, at_once, job) > 0)
    return -1;
  return (cpu_seconds(getpid()) - before) * 1e6 / static_cast<double>(count);
}

}  // namespace

Done gateway_calls(const std::string& database_url, Place service, std::size_t calls,
                   std::size_t at_once) {
  if (auto migrated = storage::migrate(storage_settings(database_url, 1)); !migrated)
    return fail(std::move(migrated.error()));
  World world{database_url, service};
  if (auto problem = read_embedded_llm_tables(world.gateway.tables))
    return fail(Errc::internal, problem.text);
  auto made = world.run<Result<UserId>>([&]() -> task<Result<UserId>> {
    auto account = co_await storage::create_account(
      world.databases->here(), to_string(new_uuid()) + "@example.com", "x", Role::seeker);
    if (!account)
      co_return fail(std::move(account.error()));
    co_return account->id;
  });
  if (!made)
    return fail(std::move(made.error()));
  std::size_t number = 0;
  for (auto& kind : kinds(world, *made)) {
    auto fresh = [&](std::size_t) { return kind.call(number++); };
    auto bare = [&](std::size_t) -> task<bool> {
      net::ClientRequest request;
      request.method = net::Method::post;
      request.url = world.config.llm.base_url + kind.path;
      request.headers.add("authorization", "Bearer sk-bench");
      request.headers.add("content-type", "application/json");
      request.body = kind.body(number++);
      request.context = minute();
      auto answer = co_await world.http->here().send(std::move(request));
      co_return answer && answer->status == 200;
    };
    cost(world, 200, at_once, fresh);
    auto with = cost(world, calls, at_once, fresh);
    auto without = cost(world, calls, at_once, bare);
    std::printf(
      "gateway call, %s: %.0f us of processor time; %.0f of them beyond a bare HTTP call\n",
      kind.name, with, with - without);
    std::fflush(stdout);
  }
  world.run<bool>([&]() -> task<bool> {
    auto settled = co_await net::ask(world.gateway.budgets, minute(), llm::Flush{});
    auto logged = co_await net::ask(world.gateway.call_log, minute(), llm::Flush{});
    co_return settled&& logged;
  });
  return {};
}

}  // namespace jobraker::bench
