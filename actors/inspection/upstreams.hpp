#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/inspection/inspection.hpp"
#include "messages/task.hpp"
#include "messages/time.hpp"

namespace jobraker::inspection {

/// How somebody else's service stands, as the actor that speaks with it sees it.
struct Upstream {
  std::string name{};           ///< `openai`
  std::string state{};          ///< of its own words; `unknown` when it does not answer at once
  std::optional<Time> since{};  ///< when it says so
};

/// The actors below `/integrations`, each asked for its summary at the same time.
task<std::vector<Upstream>> upstream_states(Inspection& inspection);

}  // namespace jobraker::inspection
