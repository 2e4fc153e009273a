#include "actors/system/registry.hpp"

#include <spdlog/spdlog.h>

#include "actors/system/observed.hpp"

namespace jobraker {

ActorRegistry::Shard& ActorRegistry::shard_of(const std::string& path) {
  return shards_[std::hash<std::string>{}(path) % shards_.size()];
}

ActorCell* ActorRegistry::take_cell() {
  std::lock_guard guard{cells_mutex_};
  if (free_cells_.empty()) {
    slabs_.push_back(std::make_unique<std::array<ActorCell, 256>>());
    for (auto& cell : *slabs_.back())
      free_cells_.push_back(&cell);
  }
  auto* cell = free_cells_.back();
  free_cells_.pop_back();
  return cell;
}

void ActorRegistry::give_back(ActorCell* cell) {
  cell->enqueued = 0;
  cell->handled = 0;
  cell->failures = 0;
  cell->dropped = 0;
  cell->busy_ns = 0;
  cell->started_ns = 0;
  cell->last_type = 0;
  cell->actor_id = 0;
  std::lock_guard guard{cells_mutex_};
  free_cells_.push_back(cell);
}

ActorCell* ActorRegistry::enter(std::uint64_t actor_id, std::string path, std::string_view kind) {
  auto* cell = take_cell();
  cell->actor_id = actor_id;
  auto& shard = shard_of(path);
  std::lock_guard guard{shard.mutex};
  auto& entry = shard.entries[std::move(path)];
  entry.cell = cell;
  entry.kind = kind;
  return cell;
}

void ActorRegistry::leave(ActorCell* cell, const std::string& path) {
  {
    auto& shard = shard_of(path);
    std::lock_guard guard{shard.mutex};
    auto it = shard.entries.find(path);
    if (it != shard.entries.end() && it->second.cell == cell) {
      if (it->second.restarts == 0)
        shard.entries.erase(it);
      else
        it->second.cell = nullptr;  // the count of restarts outlives the actor
    }
  }
  give_back(cell);
}

void ActorRegistry::note_restart(const std::string& path) {
  auto& shard = shard_of(path);
  std::lock_guard guard{shard.mutex};
  ++shard.entries[path].restarts;
}

std::vector<ActorFigures> ActorRegistry::list(std::string_view prefix) const {
  std::vector<ActorFigures> out;
  for (const auto& shard : shards_) {
    std::lock_guard guard{shard.mutex};
    for (const auto& [path, entry] : shard.entries) {
      if (!entry.cell || !path.starts_with(prefix))
        continue;
      const auto& cell = *entry.cell;
      ActorFigures figures;
      figures.path = path;
      figures.kind = entry.kind;
      figures.actor_id = cell.actor_id;
      figures.handled = cell.handled.load(std::memory_order_relaxed);
      auto enqueued = cell.enqueued.load(std::memory_order_relaxed);
      figures.mailbox = enqueued > figures.handled ? enqueued - figures.handled : 0;
      figures.failures = cell.failures.load(std::memory_order_relaxed);
      figures.dropped = cell.dropped.load(std::memory_order_relaxed);
      figures.restarts = entry.restarts;
      figures.busy_ns = cell.busy_ns.load(std::memory_order_relaxed);
      figures.running = cell.started_ns.load(std::memory_order_relaxed) != 0;
      out.push_back(std::move(figures));
    }
  }
  return out;
}

std::size_t ActorRegistry::size() const {
  std::size_t n = 0;
  for (const auto& shard : shards_) {
    std::lock_guard guard{shard.mutex};
    for (const auto& [path, entry] : shard.entries)
      n += entry.cell ? 1 : 0;
  }
  return n;
}

void detail::log_crash(const std::string& path, const std::string& what) {
  spdlog::error("event=actor.exception path={} what=\"{}\"", path, what);
}

Birth& pending_birth() noexcept {
  static thread_local Birth birth;
  return birth;
}

}  // namespace jobraker
