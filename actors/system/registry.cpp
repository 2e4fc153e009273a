#include "actors/system/registry.hpp"

#include <algorithm>
#include <cstring>

#include <caf/actor_control_block.hpp>

namespace jobraker {

ActorRegistry::ActorRegistry() = default;
ActorRegistry::~ActorRegistry() = default;

ActorCell* ActorRegistry::take_cell() {
  if (free_cells_.empty()) {
    slabs_.push_back(std::make_unique<Slab>());
    for (auto& cell : *slabs_.back())
      free_cells_.push_back(&cell);
  }
  auto* cell = free_cells_.back();
  free_cells_.pop_back();
  return cell;
}

std::uint8_t ActorRegistry::kind_index(std::string_view kind) {
  const auto known = std::find(kinds_.begin(), kinds_.end(), kind);
  if (known != kinds_.end())
    return static_cast<std::uint8_t>(known - kinds_.begin());
  if (kinds_.size() == 255)
    return 254;
  kinds_.push_back(kind);
  return static_cast<std::uint8_t>(kinds_.size() - 1);
}

ActorCell* ActorRegistry::enter(std::uint64_t actor_id, caf::actor_control_block* actor,
                                std::string_view path, std::string_view kind) {
  births_.fetch_add(1, std::memory_order_relaxed);
  const auto born = std::chrono::system_clock::now().time_since_epoch();
  std::lock_guard guard{mutex_};
  auto* cell = take_cell();
  auto* name = static_cast<char*>(paths_.allocate(path.size(), 1));
  std::memcpy(name, path.data(), path.size());
  cell->path = name;
  cell->path_size = static_cast<std::uint16_t>(path.size());
  cell->actor = actor;
  cell->actor_id = static_cast<std::uint32_t>(actor_id);
  cell->kind = kind_index(kind);
  cell->born_s =
    static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(born).count());
  if (!restarts_.empty() && restarts_.contains(std::string{path}))
    cell->flags.store(ActorCell::restarted, std::memory_order_relaxed);
  ++living_;
  return cell;
}

void ActorRegistry::forget_place(ActorCell& cell) {
  if (!cell.path)
    return;
  paths_.deallocate(const_cast<char*>(cell.path), cell.path_size, 1);
  cell.path = nullptr;
  cell.actor = nullptr;
  --living_;
}

void ActorRegistry::ended(ActorCell* cell, std::string reason, bool crashed) {
  DeadActor dead;
  unsigned group = 0;
  std::uint8_t kind = 0;
  {
    std::lock_guard guard{mutex_};
    if (!cell->path)
      return;
    dead.figures = read(*cell);
    group = span_group(*cell);
    kind = cell->kind;
    forget_place(*cell);
  }
  dead.reason = std::move(reason);
  dead.crashed = crashed;
  dead.died_at = std::chrono::system_clock::now();
  if (crashed) {
    crashes_.fetch_add(1, std::memory_order_relaxed);
    dead.last_messages = last_messages(dead.figures.id, messages_of_crashed, group);
  }
  bury(std::move(dead), kind);
}

void ActorRegistry::bury(DeadActor dead, std::uint8_t kind) {
  std::lock_guard guard{dead_mutex_};
  if (dead.crashed) {
    crashed_.push_front(std::move(dead));
    if (crashed_.size() > crashed_remembered)
      crashed_.pop_back();
    return;
  }
  if (passed_.size() <= kind)
    passed_.resize(kind + std::size_t{1});
  passed_[kind].push_front(std::move(dead));
  if (++passed_size_ <= ended_remembered)
    return;
  std::max_element(passed_.begin(), passed_.end(), [](const auto& a, const auto& b) {
    return a.size() < b.size();
  })->pop_back();
  --passed_size_;
}

void ActorRegistry::leave(ActorCell* cell) {
  std::lock_guard guard{mutex_};
  forget_place(*cell);
  watched_.erase(cell);
  cell->~ActorCell();
  free_cells_.push_back(new (cell) ActorCell{});
}

void ActorRegistry::watch(const ActorCell& cell, std::uint32_t messages) {
  std::lock_guard guard{mutex_};
  if (messages == 0)
    watched_.erase(&cell);
  else
    watched_[&cell] = messages;
}

bool ActorRegistry::watched_one(const ActorCell& cell) {
  std::lock_guard guard{mutex_};
  const auto left = watched_.find(&cell);
  if (left == watched_.end() || --left->second > 0)
    return left != watched_.end();
  watched_.erase(left);
  return false;
}

void ActorRegistry::note_restart(const std::string& path) {
  std::lock_guard guard{mutex_};
  if (++restarts_[path] > 1)
    return;
  restarted_.push_back(path);
  if (restarted_.size() > restarts_remembered) {
    restarts_.erase(restarted_.front());
    restarted_.pop_front();
  }
}

CellFigures ActorRegistry::figures(const ActorCell& cell, std::uint64_t now_us) const {
  auto out = read_cell(cell, now_us);
  // A lookup for those few only who have any.
  if (cell.flags.load(std::memory_order_relaxed) & ActorCell::restarted)
    if (auto known = restarts_.find({cell.path, cell.path_size}); known != restarts_.end())
      out.restarts = known->second;
  return out;
}

ActorFigures ActorRegistry::read(const ActorCell& cell) const {
  const auto now_us = static_cast<std::uint64_t>(steady_nanoseconds()) / 1000;
  ActorFigures out{
    figures(cell, now_us), {cell.path, cell.path_size}, std::string{kinds_[cell.kind]}, {}};
  for (std::size_t i = 0; i < out.histogram.size(); ++i)
    out.histogram[i] = cell.histogram[i].load(std::memory_order_relaxed);
  return out;
}

void ActorRegistry::visit(const std::function<void(const ActorCell&)>& look) const {
  for (std::size_t i = 0;; ++i) {
    std::lock_guard guard{mutex_};
    if (i >= slabs_.size())
      return;
    for (const auto& cell : *slabs_[i])
      if (cell.path)
        look(cell);
  }
}

std::vector<ActorFigures> ActorRegistry::list(std::string_view prefix) const {
  std::vector<ActorFigures> out;
  visit([&](const ActorCell& cell) {
    if (std::string_view{cell.path, cell.path_size}.starts_with(prefix))
      out.push_back(read(cell));
  });
  return out;
}

std::optional<ActorFigures> ActorRegistry::find(std::string_view path) const {
  std::optional<ActorFigures> found;
  visit([&](const ActorCell& cell) {
    if (std::string_view{cell.path, cell.path_size} == path &&
        (!found || cell.actor_id > found->id))
      found = read(cell);
  });
  return found;
}

bool ActorRegistry::with(std::string_view path,
                         const std::function<void(caf::actor_control_block*)>& use) const {
  // Let go of after the visit: each may be the last reference.
  std::vector<caf::strong_actor_ptr> held;
  visit([&](const ActorCell& cell) {
    // While a cell is in the tree its actor's control block exists, though perhaps nothing refers
    // to the actor any more.
    if (std::string_view{cell.path, cell.path_size} == path && cell.actor &&
        caf::intrusive_ptr_upgrade_weak(cell.actor))
      held.emplace_back(cell.actor, false);
  });
  const auto newest = std::max_element(
    held.begin(), held.end(), [](const auto& a, const auto& b) { return a->id() < b->id(); });
  if (newest == held.end())
    return false;
  use(newest->get());
  return true;
}

std::vector<DeadActor> ActorRegistry::dead() const {
  std::lock_guard guard{dead_mutex_};
  std::vector<DeadActor> out{crashed_.begin(), crashed_.end()};
  for (const auto& kind : passed_)
    out.insert(out.end(), kind.begin(), kind.end());
  std::sort(out.begin(), out.end(),
            [](const DeadActor& a, const DeadActor& b) { return a.died_at > b.died_at; });
  return out;
}

std::size_t ActorRegistry::size() const {
  std::lock_guard guard{mutex_};
  return living_;
}

std::vector<std::string_view> ActorRegistry::kinds() const {
  std::lock_guard guard{mutex_};
  return kinds_;
}

Birth& pending_birth() noexcept {
  static thread_local Birth birth;
  return birth;
}

}  // namespace jobraker
