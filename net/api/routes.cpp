#include "net/api/routes.hpp"

#include "net/api/account_api.hpp"
#include "net/api/actor_api.hpp"
#include "net/api/application_api.hpp"
#include "net/api/chat_api.hpp"
#include "net/api/company_api.hpp"
#include "net/api/docs_api.hpp"
#include "net/api/events_api.hpp"
#include "net/api/interview_api.hpp"
#include "net/api/job_api.hpp"
#include "net/api/knowledge_api.hpp"
#include "net/api/llm_api.hpp"
#include "net/api/notification_api.hpp"
#include "net/api/operation_api.hpp"
#include "net/api/operator_api.hpp"
#include "net/api/profile_api.hpp"
#include "net/api/schedules_api.hpp"
#include "net/api/webhook_api.hpp"
#include "net/api/workflow_api.hpp"

namespace jobraker::net {

Router routes(const Actors& actors, const Capabilities& capabilities, const ApiSettings& settings,
              Operation operation) {
  Router router;
  add_operation_routes(router, std::move(operation));
  add_docs_routes(router);
  add_account_routes(router, actors);
  add_profile_routes(router, actors, settings);
  add_job_routes(router, actors, settings);
  add_chat_routes(router, actors, settings);
  add_llm_routes(router, actors);
  add_knowledge_routes(router, capabilities.knowledge);
  add_event_routes(router, capabilities.events);
  add_actor_routes(router, capabilities.console);
  add_schedule_routes(router, capabilities.schedules);
  add_operator_routes(router, capabilities.operator_desk);
  add_company_routes(router, capabilities.applications);
  add_application_routes(router, capabilities.applications);
  add_submission_routes(router, capabilities.applications, capabilities.application);
  add_webhook_routes(router, capabilities.submissions, capabilities.skyvern_keys);
  add_interview_routes(router, capabilities.interviews);
  add_notification_routes(router, capabilities.notifications);
  add_workflow_routes(router, actors, capabilities.kits);
  return router;
}

}  // namespace jobraker::net
