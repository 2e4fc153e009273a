#include "actors/operation/dependencies.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/llm/core/call_figures.hpp"

namespace jobraker::operation {

void Dependencies::add(std::string name, bool required) {
  std::lock_guard guard{mutex_};
  list_.push_back({std::move(name), DependencyState::unknown, required, now()});
}

void Dependencies::saw(std::string_view name, bool up) {
  const auto state = up ? DependencyState::up : DependencyState::down;
  DependencyState before = state;
  {
    std::lock_guard guard{mutex_};
    const auto found = std::find_if(list_.begin(), list_.end(),
                                    [&](const Dependency& one) { return one.name == name; });
    if (found == list_.end() || found->state == state)
      return;
    before = std::exchange(found->state, state);
    found->since = now();
  }
  if (state == DependencyState::down)
    spdlog::warn("event=dependency.down name={}", name);
  else if (before == DependencyState::down)
    spdlog::info("event=dependency.up name={}", name);
}

void Dependencies::saw_models() {
  for (const auto& [provider, reached] : llm::call_figures().reachable())
    saw(provider, reached);
}

std::vector<Dependency> Dependencies::list() const {
  std::lock_guard guard{mutex_};
  return list_;
}

}  // namespace jobraker::operation
