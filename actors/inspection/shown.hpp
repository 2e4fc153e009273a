#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "actors/inspection/wall_clock.hpp"
#include "messages/inspection.hpp"
#include "messages/spans.hpp"

namespace jobraker::inspection {

/// Where those live who live.
using Paths = std::unordered_map<std::uint64_t, std::string>;

std::optional<std::string> path_in(const Paths& paths, std::uint64_t id);

/// A message's span as it is shown.
SeenMessage seen(const Span& span, const Paths& paths, const WallClock& clock);

}  // namespace jobraker::inspection
