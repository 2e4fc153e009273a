#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/system/actor_system.hpp"
#include "actors/system/backoff.hpp"
#include "actors/system/order.hpp"
#include "messages/result.hpp"

namespace jobraker {

/// So that a service's path can serve as its id.
inline const std::string& to_string(const std::string& text) { return text; }

/// Where virtual entity actors live: `find(id)` gives the one actor of that id, started now if need
/// be. It passivates by `release`, and after a crash comes back from its rows, with back-off.
///
/// A message sent to an actor that released itself meanwhile is refused by CAF unread
/// (`receiver_was_gone`); `net/ask` then finds the successor, so nothing is lost and nothing is
/// done twice. The lock is held for a map look-up, and for a spawn when an entity wakes.
template <class IdType, class Handle>
class Directory : public std::enable_shared_from_this<Directory<IdType, Handle>> {
public:
  /// Starts the actor of `id` at `path`.
  using Start = std::function<Handle(const IdType& id, const std::string& path)>;

  /// `prefix` is the branch of the tree (`/users/`), `live_max` bounds the actors in memory.
  Directory(ActorRegistry& registry, std::string prefix, std::size_t live_max, Start start)
      : registry_(registry), prefix_(std::move(prefix)), live_max_(live_max),
        start_(std::move(start)) {}

  /// The actor of `id`; Errc::unavailable while a crashed one waits for its restart, when too many
  /// are alive, and once the directory is closed.
  Result<Handle> find(const IdType& id) {
    std::lock_guard guard{mutex_};
    if (auto it = live_.find(id); it != live_.end())
      return it->second;
    if (closed_)
      return fail(Errc::unavailable, "the server is shutting down");
    auto path = prefix_ + to_string(id);
    if (auto it = crashes_.find(id); it != crashes_.end()) {
      auto wait = it->second.wait(CrashHistory::Clock::now());
      if (wait.count() > 0)
        return fail(Error{Errc::unavailable, "restarting after a fault; try again", {}, wait});
      registry_.note_restart(path);
    }
    if (live_.size() >= live_max_)
      return fail(
        Error{Errc::unavailable, "too many are active; try again", {}, std::chrono::seconds{5}});
    auto handle = start_(id, path);
    live_.emplace(id, handle);
    // The functor runs when the actor ends for whatever reason, on the thread that ended it.
    caf::actor_cast<caf::abstract_actor*>(handle)->attach_functor(
      [self = this->weak_from_this(), id,
       address = caf::actor_cast<caf::abstract_actor*>(handle)](const caf::error& reason) {
        if (auto me = self.lock())
          me->ended(id, address, reason);
      });
    return handle;
  }

  /// The actor of `id` if it is alive: whom only the living need be told something.
  std::optional<Handle> alive(const IdType& id) const {
    std::lock_guard guard{mutex_};
    auto it = live_.find(id);
    return it == live_.end() ? std::nullopt : std::optional<Handle>{it->second};
  }

  /// Called by an entity that is idle, right before it quits.
  void release(const IdType& id) {
    std::lock_guard guard{mutex_};
    live_.erase(id);
  }

  /// How often the entity crashed in a row; its start may decide to set poison aside.
  std::uint32_t crashes(const IdType& id) const {
    std::lock_guard guard{mutex_};
    auto it = crashes_.find(id);
    return it == crashes_.end() ? 0 : it->second.in_a_row();
  }

  std::size_t live() const {
    std::lock_guard guard{mutex_};
    return live_.size();
  }

  /// No new actors from now on; those alive end where they are. What they had not committed was not
  /// acknowledged either.
  void close() {
    std::unordered_map<IdType, Handle> last;
    {
      std::lock_guard guard{mutex_};
      closed_ = true;
      last.swap(live_);
    }
    for (auto& [id, handle] : last)
      caf::anon_send_exit(caf::actor_cast<caf::actor>(handle), caf::exit_reason::user_shutdown);
  }

  /// Called after a crash with the time to wait, and with none after an operator has ended the
  /// actor; for entities that have work to go on with although nobody asks (a batch). Set before
  /// the first `find`.
  void on_crash(std::function<void(const IdType&, std::chrono::milliseconds)> hook) {
    crash_hook_ = std::move(hook);
  }

private:
  void ended(const IdType& id, caf::abstract_actor* who, const caf::error& reason) {
    std::lock_guard guard{mutex_};
    if (auto it = live_.find(id);
        it != live_.end() && caf::actor_cast<caf::abstract_actor*>(it->second) == who)
      live_.erase(it);
    if (reason == ActorEnd::restart) {
      registry_.note_restart(prefix_ + to_string(id));
      if (crash_hook_ && !closed_)
        crash_hook_(id, std::chrono::milliseconds{0});
      return;
    }
    if (!detail::is_crash(reason)) {
      // Somebody stopped or drained it; what has work of its own is not left undone for that.
      if (reason == caf::exit_reason::user_shutdown && crash_hook_ && !closed_)
        crash_hook_(id, std::chrono::milliseconds{0});
      return;
    }
    if (crashes_.size() > 10000)
      crashes_.clear();
    auto& history = crashes_[id];
    history.crashed(CrashHistory::Clock::now());
    spdlog::error("event=actor.crash path={}{} in_a_row={} restart_in_ms={}", prefix_,
                  to_string(id), history.in_a_row(),
                  history.wait(CrashHistory::Clock::now()).count());
    if (crash_hook_ && !closed_)
      crash_hook_(id, history.wait(CrashHistory::Clock::now()));
  }

  ActorRegistry& registry_;
  const std::string prefix_;
  const std::size_t live_max_;
  const Start start_;
  std::function<void(const IdType&, std::chrono::milliseconds)> crash_hook_;
  // Recursive: an actor that is already dead runs its functor inside `find`.
  mutable std::recursive_mutex mutex_;
  std::unordered_map<IdType, Handle> live_;
  std::unordered_map<IdType, CrashHistory> crashes_;
  bool closed_ = false;
};

}  // namespace jobraker
