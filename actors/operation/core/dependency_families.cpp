#include "actors/operation/core/dependency_families.hpp"

namespace jobraker::operation {

void add_families(Families& families, const std::vector<Dependency>& dependencies) {
  const auto each = [&](Family family, auto value) {
    for (const auto& one : dependencies)
      if (one.state != DependencyState::unknown)
        family.add(value(one), {{"dependency", one.name}});
  };
  each(Family::gauge(families, "jobraker_up",
                     "Whether what the server depends on answered when it was last needed."),
       [](const Dependency& one) { return one.state == DependencyState::up; });
  each(Family::gauge(families, "jobraker_up_since_seconds",
                     "When it came into that state, Unix time."),
       [](const Dependency& one) {
         return std::chrono::duration<double>(one.since.time_since_epoch()).count();
       });
}

}  // namespace jobraker::operation
