#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include "actors/system/io_threads.hpp"
#include "actors/system/registry.hpp"
#include "actors/system/type_names.hpp"

namespace jobraker {

/// CAF, the I/O threads and the tree of actors, started and ended in the right order.
class ActorSystem {
public:
  /// Which threads run the actors.
  enum class Scheduler { io, caf };

  /// `prepare(index)` runs first on each I/O thread (binds the thread's database).
  ActorSystem(IoThreads& io, Scheduler scheduler, std::function<void(std::size_t)> prepare = {});
  /// `shutdown`, if nobody has called it.
  ~ActorSystem();
  ActorSystem(const ActorSystem&) = delete;
  ActorSystem& operator=(const ActorSystem&) = delete;

  /// Waits for the last actor, then ends the I/O threads. Idempotent. Whoever keeps actors alive
  /// must have let go of them; coroutines that never ended are destroyed by `IoThreads::destroy`.
  void shutdown();

  caf::actor_system& caf() noexcept { return *system_; }
  IoThreads& io() noexcept { return io_; }
  ActorRegistry& registry() noexcept { return registry_; }

  /// The one way to start an actor: at `path`, of `kind` (a literal). `function` is an actor
  /// function whose first parameter is a `Shell<State, Handle>*`. Whoever wants it alive keeps the
  /// handle.
  template <class Function, class... Args>
  auto spawn(std::string path, std::string_view kind, Function function, Args&&... args) {
    pending_birth() = Birth{&registry_, std::move(path), kind};
    auto handle = system_->spawn(function, std::forward<Args>(args)...);
    pending_birth() = Birth{};
    MessageSizes<decltype(handle)>::note();
    return handle;
  }

private:
  IoThreads& io_;
  ActorRegistry registry_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
};

}  // namespace jobraker
