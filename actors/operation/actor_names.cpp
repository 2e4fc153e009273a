#include "actors/operation/actor_names.hpp"

#include "actors/system/registry.hpp"

namespace jobraker::operation {

std::string path_of(const ActorRegistry& registry, std::uint64_t actor) {
  std::string path;
  registry.visit([&](const ActorCell& cell) {
    if (cell.actor_id == actor)
      path.assign(cell.path, cell.path_size);
  });
  return path;
}

}  // namespace jobraker::operation
