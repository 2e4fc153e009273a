#pragma once

#include <functional>

#include "messages/inspection_handles.hpp"
#include "messages/session.hpp"
#include "net/http/router.hpp"
#include "net/ws/ws_settings.hpp"

namespace jobraker::net {

/// What the console of operators needs.
struct ConsoleSettings {
  std::function<Result<InspectorActor>()> inspector{};
  OpenSession open{};  ///< a live console; empty: unavailable
  RedeemTicket redeem{};
  std::vector<std::string> origins{};
  WsSettings websocket{};
};

/// /admin/actors, traces, alarms, audit, overview: the actors of this node, for administrators.
void add_actor_routes(Router& router, ConsoleSettings settings);

}  // namespace jobraker::net
