#pragma once

#include "net/api/routes.hpp"

namespace jobraker::net {

/// Conversations, live sessions (WebSocket and server-sent events), mock interviews, reports,
/// consents, tickets, feedback on résumés, postings out of pictures.
void add_chat_routes(Router& router, const Actors& actors, const ApiSettings& settings);

/// How the WebSocket endpoints redeem the tickets of POST /auth/ws-ticket.
RedeemTicket redeem_ticket(std::function<Result<ChatDeskActor>()> chat);

}  // namespace jobraker::net
