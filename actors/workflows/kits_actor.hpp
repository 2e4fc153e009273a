#pragma once

#include <string>

#include "actors/workflows/workflow_services.hpp"

namespace jobraker::workflows {

/// Starts `/system/kits`.
KitsActor start_kits(Services& services, WorkflowServices& workflows, const std::string& path);

}  // namespace jobraker::workflows
