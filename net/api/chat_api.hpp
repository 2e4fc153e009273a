#pragma once

#include "net/api/routes.hpp"

namespace jobraker::net {

/// Conversations, live sessions (WebSocket and server-sent events), mock interviews, reports,
/// consents, tickets, feedback on résumés, postings out of pictures.
void add_chat_routes(Router& router, const Actors& actors, const ApiSettings& settings);

}  // namespace jobraker::net
