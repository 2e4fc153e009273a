#pragma once

#include <memory>

#include "actors/applications/application_services.hpp"
#include "actors/workflows/workflow_services.hpp"
#include "messages/interview_handles.hpp"
#include "messages/knowledge_handles.hpp"
#include "net/api/routes.hpp"
#include "tools/server/machine.hpp"

namespace jobraker::server {

/// Applications on their way: sending, kits of documents, interviews.
class Applying {
public:
  Applying(Machine& machine, std::function<Result<KnowledgeActor>()> knowledge);

  /// Applications and kits that were under way go on.
  task<Done> take_up();
  void offer(net::Capabilities& capabilities) const;
  /// Nothing new is sent, and answers on their way are waited for; false when they did not come.
  task<bool> finish();
  void close();

private:
  void wake_kit(const WorkflowId& id, std::chrono::milliseconds wait);

  Machine& machine_;
  applications::ApplicationServices sending_;
  std::shared_ptr<Directory<ApplicationId, ApplicationActor>> live_;
  Supervised<ApplicationsActor> applications_;
  Supervised<SubmissionsActor> submissions_;
  workflows::WorkflowServices kit_services_{};
  std::shared_ptr<Directory<WorkflowId, WorkflowActor>> live_kits_;
  Supervised<KitsActor> kits_;
  Supervised<InterviewsActor> interviews_;
};

}  // namespace jobraker::server
