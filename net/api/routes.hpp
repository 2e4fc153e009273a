#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "messages/application_handles.hpp"
#include "messages/event_commands.hpp"
#include "messages/handles.hpp"
#include "messages/interview_handles.hpp"
#include "messages/knowledge_handles.hpp"
#include "messages/notification_handles.hpp"
#include "messages/operator_desk.hpp"
#include "messages/schedule_handles.hpp"
#include "messages/session.hpp"
#include "messages/submission_handles.hpp"
#include "messages/workflow_handles.hpp"
#include "net/api/actor_api.hpp"
#include "net/api/operation_api.hpp"
#include "net/http/router.hpp"
#include "net/ws/ws_settings.hpp"

namespace jobraker::net {

/// What the API needs beside the actors.
struct ApiSettings {
  std::uint64_t document_bytes_max = 10'000'000;
  std::chrono::milliseconds request_timeout{30'000};
  double match_threshold = 60;  ///< `min_score` of GET matches when none is given
  OpenSession open_session{};   ///< how live sessions begin
  WsSettings websocket{};
  std::vector<std::string> websocket_origins{};  ///< beside the server's own
};

/// The actors of single capabilities, beside those everybody knows (`Actors`).
struct Capabilities {
  std::function<Result<KnowledgeActor>()> knowledge{};
  std::function<Result<ApplicationsActor>()> applications{};
  std::function<Result<ApplicationActor>(const ApplicationId&)> application{};
  std::function<Result<SubmissionsActor>()> submissions{};
  std::vector<std::string> skyvern_keys{};  ///< that webhooks may be signed with
  std::function<Result<InterviewsActor>()> interviews{};
  std::function<Result<KitsActor>()> kits{};
  std::function<Result<NotificationsActor>()> notifications{};
  std::function<Result<EventsDeskActor>()> events{};
  ConsoleSettings console{};
  std::function<Result<SchedulerActor>()> schedules{};
  std::function<Result<OperatorDeskActor>()> operator_desk{};
};

/// The whole HTTP surface: every path under /api/v1, and what operators need.
Router routes(const Actors& actors, const Capabilities& capabilities, const ApiSettings& settings,
              Operation operation);

}  // namespace jobraker::net
