#include "actors/operation/actor_reading.hpp"

#include <algorithm>

#include "actors/system/registry.hpp"

namespace jobraker::operation {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// A kind's name with static storage, as the registry has it.
std::string_view named(const std::vector<std::string_view>& kinds, std::string_view kind) {
  const auto found = std::find(kinds.begin(), kinds.end(), kind);
  return found == kinds.end() ? std::string_view{"other"} : *found;
}

}  // namespace

void ActorReading::add_to(Families& families) {
  std::lock_guard guard{mutex_};
  std::vector<ActorCount> living;
  std::vector<std::uint8_t> of_kind;
  living.reserve(registry_.size() + 64);
  of_kind.reserve(living.capacity());
  registry_.visit([&](const ActorCell& cell) {
    // In this order: what was handled has come before.
    const auto handled = cell.handled.load(relaxed);
    const auto came = cell.enqueued.load(relaxed);
    const auto running = (cell.last_ns.load(relaxed) & 1) != 0 ? 1U : 0U;
    living.push_back({cell.actor_id,
                      {},
                      came > handled + running ? came - handled - running : 0,
                      handled,
                      cell.failures.load(relaxed),
                      cell.busy_ns.load(relaxed)});
    of_kind.push_back(cell.kind);
  });
  // Asked for after the visit, so that none is missing.
  const auto kinds = registry_.kinds();
  for (std::size_t i = 0; i < living.size(); ++i)
    living[i].kind = of_kind[i] < kinds.size() ? kinds[of_kind[i]] : std::string_view{"other"};
  std::vector<ActorCount> dead;
  for (const auto& one : registry_.dead())
    dead.push_back({one.figures.id, named(kinds, one.figures.kind), 0, one.figures.handled,
                    one.figures.failures, one.figures.busy_ns});
  totals_.look(living, dead);
  totals_.add_to(families);
  Family::counter(families, "jobraker_actor_starts_total", "Actors that were started.")
    .add(registry_.births());
  Family::counter(families, "jobraker_actor_crashes_total",
                  "Actors that ended by a failure; who is needed is started again.")
    .add(registry_.crashes());
}

}  // namespace jobraker::operation
