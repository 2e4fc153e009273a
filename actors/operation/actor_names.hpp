#pragma once

#include <cstdint>
#include <string>

namespace jobraker {
class ActorRegistry;
}

namespace jobraker::operation {

/// The path of a living actor by CAF's id; empty when there is none. Looks at all of them.
std::string path_of(const ActorRegistry& registry, std::uint64_t actor);

}  // namespace jobraker::operation
