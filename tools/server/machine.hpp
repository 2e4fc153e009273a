#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "actors/system/io_threads.hpp"
#include "actors/system/services.hpp"
#include "actors/system/supervised.hpp"
#include "messages/task.hpp"
#include "storage/settings.hpp"

namespace jobraker::net {
class ReplyPort;
}

namespace jobraker::server {

/// What everything runs on: threads, connections, pools, the actor system. Outlives every part.
class Machine {
public:
  explicit Machine(Config configuration);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Each thread lets go of what belongs to it: waiting coroutines, connections.
  void let_go();
  /// No thread runs any more: first what owns sockets, then the contexts with the coroutines that
  /// never came to their end, while everything these refer to is still here.
  void shut();

  /// Runs a coroutine on the first I/O thread and waits for it.
  template <class T>
  T run(std::function<task<T>()> job) {
    std::promise<T> promise;
    auto result = promise.get_future();
    asio::co_spawn(
      io.context(0), [&]() -> task<void> { promise.set_value(co_await job()); }, asio::detached);
    return result.get();
  }

  /// Looks for an actor until it is there or the server ends: for work that goes on although nobody
  /// asks for it. `look` starts it and answers why it could not.
  void bring_back(std::string what, std::chrono::milliseconds wait, std::function<Done()> look);

  /// The actor comes back after a crash, a restart and a stop by itself.
  template <class Handle>
  void keep(Supervised<Handle>& actor, std::string name) {
    actor.on_crash([this, &actor, name = std::move(name)](std::chrono::milliseconds wait) {
      bring_back(name, wait, [&actor]() -> Done {
        auto found = actor.find();
        return found ? Done{} : fail(std::move(found.error()));
      });
    });
  }

  /// The single actor of a service.
  template <class Handle>
  Supervised<Handle> supervised(std::string path, Handle (*start)(Services&, const std::string&)) {
    return {system.registry(), std::move(path),
            [this, start](const std::string& at) { return start(services, at); }};
  }

  const Config config;
  IoThreads io;
  std::unique_ptr<storage::Databases> databases;
  std::unique_ptr<storage::Databases> log_databases;  ///< the log of model calls' own
  std::unique_ptr<net::HttpClients> http;
  std::unique_ptr<WorkPool> work;
  std::unique_ptr<WorkPool> passwords;
  std::vector<std::unique_ptr<net::ReplyPort>> ports;
  ActorSystem system;
  Services services;

private:
  storage::Settings telling_settings(std::int64_t connections);
};

}  // namespace jobraker::server
