#pragma once

#include <chrono>
#include <string>

#include "messages/accounts.hpp"
#include "messages/chat_commands.hpp"
#include "messages/context.hpp"
#include "storage/session.hpp"

/// One-time tickets for browsers, which cannot send an Authorization header with a WebSocket
/// handshake. Only a SHA-256 of a ticket is stored.
namespace jobraker::storage {

/// How long a ticket is good for.
inline constexpr std::chrono::seconds ticket_life{30};

/// A new ticket for this person: 32 random bytes in hexadecimal digits. Errc::invalid when there is
/// no such person.
task<Result<Ticket>> create_ticket(Session& session, Principal who, Time now);

/// Whose ticket this is; from then on nobody's. Errc::unauthenticated when it is unknown, used or
/// expired.
task<Result<Principal>> redeem_ticket(Session& session, std::string ticket, Time now);

/// Forgets tickets that expired before `now`; answers how many.
task<Result<std::size_t>> delete_expired_tickets(Session& session, Time now);

}  // namespace jobraker::storage
