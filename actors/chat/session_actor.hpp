#pragma once

#include "actors/chat/chat_services.hpp"
#include "messages/session.hpp"

namespace jobraker::chat {

/// What the API needs to open sessions (`/sessions/{id}`): checks the person's limit, starts the
/// actor, answers the port it hears through. For server-sent events the one conversation is
/// followed at once.
OpenSession session_opener(Services& services);

}  // namespace jobraker::chat
