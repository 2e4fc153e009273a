#pragma once

#include <vector>

#include <caf/actor_system_config.hpp>

#include "messages/task.hpp"

namespace jobraker {

/// Makes `config` run actors on these I/O contexts instead of CAF's own worker threads: a request
/// then reaches its actor and comes back without a thread switch. The contexts must be running
/// before the actor system ends and must outlive it.
void use_io_scheduler(caf::actor_system_config& config, std::vector<IoContext*> contexts);

/// To be called first on the thread that runs context `index`.
void bind_io_worker(caf::actor_system& system, std::size_t index);

/// Lets go of the reference to CAF's logger that spawning an actor leaves with the calling thread;
/// the actor system's destructor waits until nobody holds one.
void forget_logger();

}  // namespace jobraker
