#pragma once

#include <string>

#include "actors/workflows/workflow_services.hpp"

namespace jobraker::workflows {

/// Starts `/workflows/{id}`: drives the run that its rows say is under way, and ends with it.
WorkflowActor start_workflow_actor(Services& services, WorkflowServices& workflows,
                                   const WorkflowId& id, const std::string& path);

}  // namespace jobraker::workflows
