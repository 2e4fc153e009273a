#include "actors/system/actor_system.hpp"

#include <boost/asio/post.hpp>

#include "actors/system/io_scheduler.hpp"

namespace jobraker {

ActorSystem::ActorSystem(IoThreads& io, Scheduler scheduler,
                         std::function<void(std::size_t)> prepare)
    : io_(io) {
  if (scheduler == Scheduler::io)
    use_io_scheduler(config_, io.contexts());
  else
    config_.set("scheduler.policy", caf::atom("sharing"));  // "stealing" polls and never rests
  config_.set("scheduler.max-throughput", 100u);
  system_ = std::make_unique<caf::actor_system>(config_);
  io_.start([this, prepare](std::size_t index) {
    bind_io_worker(*system_, index);
    if (prepare)
      prepare(index);
  });
}

ActorSystem::~ActorSystem() { shutdown(); }

void ActorSystem::shutdown() {
  if (!system_)
    return;
  // CAF waits for its last actor, and actors run on the I/O threads: the system goes first.
  for (auto* context : io_.contexts())
    asio::post(*context, forget_logger);
  system_.reset();
  io_.stop();
}

}  // namespace jobraker
