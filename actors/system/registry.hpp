#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace jobraker {

/// What one actor counts about itself. Written without a lock by whoever runs the actor (`enqueued`
/// by its senders), read by anybody at any time. One cache line.
struct alignas(64) ActorCell {
  std::atomic<std::uint64_t> enqueued{0};
  std::atomic<std::uint64_t> handled{0};
  std::atomic<std::uint32_t> failures{0};
  std::atomic<std::uint32_t> dropped{0};    ///< requests whose deadline had passed
  std::atomic<std::uint64_t> busy_ns{0};    ///< time inside handlers
  std::atomic<std::int64_t> started_ns{0};  ///< when the running handler began, 0 when idle
  std::atomic<std::uint32_t> last_type{0};  ///< CAF's token of the last message's types
  std::uint64_t actor_id = 0;
};

/// One actor as it was at the moment of asking.
struct ActorFigures {
  std::string path;
  std::string kind;
  std::uint64_t actor_id = 0;
  std::uint64_t mailbox = 0;  ///< messages enqueued and not yet handled
  std::uint64_t handled = 0;
  std::uint32_t failures = 0;
  std::uint32_t dropped = 0;
  std::uint32_t restarts = 0;
  std::uint64_t busy_ns = 0;
  bool running = false;
};

/// The tree of actors by path (`/users/42`). Births and deaths take a lock on one of 16 shards;
/// messages never do.
class ActorRegistry {
public:
  /// Gives a new actor its cell and its place. A path that is taken gets the new actor; the figures
  /// of the old one end with it.
  ActorCell* enter(std::uint64_t actor_id, std::string path, std::string_view kind);

  /// Ends a life: the place is free unless a successor already has it.
  void leave(ActorCell* cell, const std::string& path);

  /// Counts a restart of whoever lives at `path` next.
  void note_restart(const std::string& path);

  /// All living actors under `prefix`, unordered.
  std::vector<ActorFigures> list(std::string_view prefix = "/") const;

  std::size_t size() const;

private:
  struct Entry {
    ActorCell* cell = nullptr;
    std::string_view kind;  ///< of static storage
    std::uint32_t restarts = 0;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, Entry> entries;
  };
  Shard& shard_of(const std::string& path);

  ActorCell* take_cell();
  void give_back(ActorCell* cell);

  std::array<Shard, 16> shards_;
  std::mutex cells_mutex_;
  std::vector<std::unique_ptr<std::array<ActorCell, 256>>> slabs_;
  std::vector<ActorCell*> free_cells_;
};

/// The place the next actor spawned on this thread will take. Set by `ActorSystem::spawn` only.
struct Birth {
  ActorRegistry* registry = nullptr;
  std::string path{};
  std::string_view kind{};
};
Birth& pending_birth() noexcept;

}  // namespace jobraker
