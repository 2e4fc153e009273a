#pragma once

#include <functional>

#include "actors/system/services.hpp"
#include "messages/workflow_handles.hpp"

namespace jobraker::workflows {

/// How kits are found and started, beside `Services`. Built by the server's wiring.
struct WorkflowServices {
  /// Sees to it that the workflow's actor lives, now or as soon as it can.
  std::function<void(const WorkflowId&)> wake{};
  std::function<void(const WorkflowId&)> release{};
};

}  // namespace jobraker::workflows
