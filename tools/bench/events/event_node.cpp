#include "tools/bench/events/event_node.hpp"

#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "actors/events/event_system.hpp"
#include "actors/system/services.hpp"
#include "actors/system/work_pool.hpp"
#include "net/ask.hpp"
#include "net/client/http_clients.hpp"
#include "storage/databases.hpp"

namespace jobraker::bench {

struct EventNode::Impl {
  Impl(Config c, storage::Settings settings)
      : config(std::move(c)), io(2), databases(std::make_unique<storage::Databases>(
                                       io.contexts(), telling(std::move(settings)))),
        http(std::make_unique<net::HttpClients>(io.contexts(), net::ClientSettings{})), ports(2),
        system(io, ActorSystem::Scheduler::io,
               [this](std::size_t index) {
                 ports[index] = std::make_unique<net::ReplyPort>(system.caf(), io.context(index));
                 net::ReplyPort::bind(ports[index].get());
                 storage::Databases::bind(index);
                 net::HttpClients::bind(index);
               }),
        services{config, system, io, *databases, *http, work, work} {}

  storage::Settings telling(storage::Settings settings) {
    settings.on_told = [this] {
      if (services.events)
        services.events->wake();
    };
    return settings;
  }

  Config config;
  IoThreads io;
  std::unique_ptr<storage::Databases> databases;
  std::unique_ptr<net::HttpClients> http;
  WorkPool work{1, 100};
  std::vector<std::unique_ptr<net::ReplyPort>> ports;
  ActorSystem system;
  Services services;
  events::EventSystem events{services};
};

EventNode::EventNode(Config config, storage::Settings settings,
                     std::vector<events::Consumer> consumers)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(settings))) {
  for (auto& consumer : consumers)
    impl_->events.add(std::move(consumer));
  if (auto started = impl_->events.start(); !started)
    throw std::runtime_error(started.error().detail);
}

EventNode::~EventNode() { stop(false); }

void EventNode::wake() { impl_->events.wake(); }

const events::EventSystem& EventNode::events() const noexcept { return impl_->events; }

std::optional<std::uint64_t> EventNode::living(std::string_view path) const {
  for (const auto& actor : impl_->system.registry().list(path))
    if (actor.path == path)
      return actor.id;
  return std::nullopt;
}

void EventNode::stop(bool orderly) {
  if (!impl_)
    return;
  auto& impl = *impl_;
  if (orderly) {
    std::promise<void> finished;
    asio::co_spawn(
      impl.io.context(0),
      [&]() -> task<void> {
        (void)co_await impl.events.finish(Context::system(std::chrono::seconds{10}));
        finished.set_value();
      },
      asio::detached);
    finished.get_future().wait();
  }
  impl.events.close();
  for (std::size_t i = 0; i < impl.io.size(); ++i) {
    std::promise<void> done;
    asio::post(impl.io.context(i), [&, i] {
      impl.ports[i]->close();
      impl.databases->at(i).close();
      impl.http->close_here();
      done.set_value();
    });
    done.get_future().wait();
  }
  impl.system.shutdown();
  impl.ports.clear();
  impl.http.reset();
  impl.databases.reset();
  impl.io.destroy();
  impl_.reset();
}

}  // namespace jobraker::bench
