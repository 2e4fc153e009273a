#include "tools/server/applying.hpp"

#include <spdlog/spdlog.h>

#include "actors/applications/application_actor.hpp"
#include "actors/applications/applications_actor.hpp"
#include "actors/applications/submissions_actor.hpp"
#include "actors/interviews/interviews_actor.hpp"
#include "actors/workflows/kits_actor.hpp"
#include "actors/workflows/workflow_actor.hpp"
#include "net/client/skyvern.hpp"
#include "storage/databases.hpp"
#include "storage/workflows.hpp"

namespace jobraker::server {
namespace {

constexpr std::chrono::seconds answers_wait{5};

}  // namespace

Applying::Applying(Machine& machine, std::function<Result<KnowledgeActor>()> knowledge)
    : machine_(machine), sending_(applications::application_services(machine.config)),
      live_(std::make_shared<Directory<ApplicationId, ApplicationActor>>(
        machine.system.registry(), "/applications/",
        static_cast<std::size_t>(machine.config.applications.live_max),
        [this](const ApplicationId& id, const std::string& path) {
          return start_application(machine_.services, id, path);
        })),
      applications_(machine.system.registry(), "/system/applications",
                    [this, knowledge = std::move(knowledge)](const std::string& at) {
                      return start_applications(machine_.services, at, knowledge);
                    }),
      submissions_(
        machine.supervised<SubmissionsActor>("/integrations/skyvern", start_submissions)),
      live_kits_(std::make_shared<Directory<WorkflowId, WorkflowActor>>(
        machine.system.registry(), "/workflows/",
        static_cast<std::size_t>(machine.config.applications.live_max),
        [this](const WorkflowId& id, const std::string& path) {
          return workflows::start_workflow_actor(machine_.services, kit_services_, id, path);
        })),
      kits_(machine.system.registry(), "/system/kits",
            [this](const std::string& at) {
              return workflows::start_kits(machine_.services, kit_services_, at);
            }),
      interviews_(machine.supervised<InterviewsActor>("/system/interviews", start_interviews)) {
  sending_.find = [this](const ApplicationId& id) { return live_->find(id); };
  sending_.release = [this](const ApplicationId& id) { live_->release(id); };
  machine.services.applications = &sending_;
  live_kits_->on_crash(
    [this](const WorkflowId& id, std::chrono::milliseconds wait) { wake_kit(id, wait); });
  kit_services_.wake = [this](const WorkflowId& id) { wake_kit(id, {}); };
  kit_services_.release = [this](const WorkflowId& id) { live_kits_->release(id); };
  machine.keep(submissions_, "submissions");
  machine.keep(interviews_, "interviews");
}

/// A kit goes on although nobody asks for it; when there is no room for it, later.
void Applying::wake_kit(const WorkflowId& id, std::chrono::milliseconds wait) {
  machine_.bring_back("workflows/" + to_string(id), wait, [this, id]() -> Done {
    auto found = live_kits_->find(id);
    return found ? Done{} : fail(std::move(found.error()));
  });
}

task<Done> Applying::take_up() {
  auto left = co_await storage::unfinished_workflows(machine_.databases->here());
  if (!left)
    co_return fail(std::move(left.error()));
  for (const auto& id : *left)
    wake_kit(id, {});
  if (!left->empty())
    spdlog::info("event=workflows.resumed count={}", left->size());
  // Its first look round finds the applications that were under way.
  auto skyvern = submissions_.find();
  co_return skyvern ? Done{} : fail(std::move(skyvern.error()));
}

void Applying::offer(net::Capabilities& capabilities) const {
  capabilities.applications = [this] { return applications_.find(); };
  capabilities.application = sending_.find;
  capabilities.submissions = [this] { return submissions_.find(); };
  capabilities.skyvern_keys = sending_.skyvern->signature_keys;
  capabilities.interviews = [this] { return interviews_.find(); };
  capabilities.kits = [this] { return kits_.find(); };
}

task<bool> Applying::finish() { return applications::finish_sending(sending_, answers_wait); }

void Applying::close() {
  applications_.close();
  submissions_.close();
  live_->close();
  kits_.close();
  live_kits_->close();
  interviews_.close();
}

}  // namespace jobraker::server
