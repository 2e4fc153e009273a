#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "messages/spans.hpp"

namespace jobraker {

/// `last_messages` for who knows the actor's group: looks at that group's rings only, which is
/// cheap enough for a scheduler thread (some ten microseconds a thread of the program).
std::vector<Span> last_messages(std::uint64_t actor, std::size_t most, unsigned group);

}  // namespace jobraker
