#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/system/actor_cell.hpp"
#include "actors/system/cell_figures.hpp"
#include "messages/spans.hpp"

namespace jobraker {

/// One actor as it was at the moment of asking, from what it published: it is not asked itself, so
/// one that is stuck is described like any other.
struct ActorFigures : CellFigures {
  std::string path;
  std::string kind;
  HandlerHistogram histogram{};
};

/// What remains of an actor that has ended.
struct DeadActor {
  ActorFigures figures;
  std::string reason;
  bool crashed = false;
  std::chrono::system_clock::time_point died_at{};
  std::vector<Span> last_messages{};  ///< of a crashed one, the newest first
};

/// The tree of actors by path (`/users/42`). Births and deaths take a lock, messages never do.
/// Whoever looks at all actors holds the lock for 256 of them at a time.
class ActorRegistry {
public:
  /// How many that ended are remembered: crashed ones apart, so that those who end regularly do not
  /// push them out. Of the others the kind that has most gives up its oldest, so that the many
  /// (closed sessions, idle users) do not push out the few.
  static constexpr std::size_t crashed_remembered = 512, ended_remembered = 1024;
  /// Paths whose restarts are counted; the one whose first was longest ago is forgotten.
  static constexpr std::size_t restarts_remembered = 10000;
  /// Messages kept of a crashed actor.
  static constexpr std::size_t messages_of_crashed = 32;

  ActorRegistry();
  ~ActorRegistry();
  ActorRegistry(const ActorRegistry&) = delete;
  ActorRegistry& operator=(const ActorRegistry&) = delete;

  /// Gives a new actor its cell and its place. A path may be held by two for the moment in which
  /// one ends and its successor begins. `kind` must have static storage.
  ActorCell* enter(std::uint64_t actor_id, caf::actor_control_block* actor, std::string_view path,
                   std::string_view kind);

  /// Ends a life: it is no longer in the tree, and among the dead. The cell stays with the actor
  /// until `leave`, for what its senders still write there.
  void ended(ActorCell* cell, std::string reason, bool crashed);

  /// Takes the cell back, from the destructor.
  void leave(ActorCell* cell);

  /// How many more messages of an actor are to be logged; `watched_one` counts one, and is false
  /// when it was the last.
  void watch(const ActorCell& cell, std::uint32_t messages);
  bool watched_one(const ActorCell& cell);

  /// Counts a restart of whoever lives at `path` next.
  void note_restart(const std::string& path);

  /// Calls `look` with each living actor's cell, of which the guarded part may be read meanwhile.
  /// `look` must be quick: a birth may be waiting.
  void visit(const std::function<void(const ActorCell&)>& look) const;

  /// What a cell says at this moment of the steady clock; inside of `visit` only.
  CellFigures figures(const ActorCell& cell, std::uint64_t now_us) const;

  /// All living actors under `prefix`, unordered.
  std::vector<ActorFigures> list(std::string_view prefix = "/") const;
  /// The one that lives at `path`.
  std::optional<ActorFigures> find(std::string_view path) const;

  /// Runs `use` with a reference to whoever lives at `path`, counted for that time; false when
  /// nobody does, or it is about to end.
  bool with(std::string_view path, const std::function<void(caf::actor_control_block*)>& use) const;

  /// Those that have ended, the newest first.
  std::vector<DeadActor> dead() const;

  std::size_t size() const;
  /// The kinds there have been; a cell's `kind` is an index.
  std::vector<std::string_view> kinds() const;
  /// Births and deaths since the start.
  std::uint64_t births() const noexcept { return births_.load(std::memory_order_relaxed); }
  std::uint64_t crashes() const noexcept { return crashes_.load(std::memory_order_relaxed); }

  /// The ring that spans of actors of this kind go to.
  static unsigned span_group(const ActorCell& cell) noexcept {
    return first_actor_group + cell.kind % (span_groups - first_actor_group);
  }

private:
  using Slab = std::array<ActorCell, 256>;

  ActorCell* take_cell();
  std::uint8_t kind_index(std::string_view kind);
  void forget_place(ActorCell& cell);
  ActorFigures read(const ActorCell& cell) const;
  void bury(DeadActor dead, std::uint8_t kind);

  mutable std::mutex mutex_;  ///< of all down to restarts_, and of the cells' guarded part
  std::vector<std::unique_ptr<Slab>> slabs_;
  std::vector<ActorCell*> free_cells_;
  std::pmr::unsynchronized_pool_resource paths_;
  std::vector<std::string_view> kinds_;
  std::size_t living_ = 0;
  std::unordered_map<std::string, std::uint32_t> restarts_;
  std::deque<std::string> restarted_;  ///< the keys of restarts_, the oldest first
  std::unordered_map<const ActorCell*, std::uint32_t> watched_;

  mutable std::mutex dead_mutex_;
  std::deque<DeadActor> crashed_;
  std::vector<std::deque<DeadActor>> passed_;  ///< by kind; all the newest first
  std::size_t passed_size_ = 0;
  std::atomic<std::uint64_t> births_{0}, crashes_{0};
};

/// The place the next actor spawned on this thread will take. Set by `ActorSystem::spawn` only.
struct Birth {
  ActorRegistry* registry = nullptr;
  std::string path{};
  std::string_view kind{};
};
Birth& pending_birth() noexcept;

}  // namespace jobraker
