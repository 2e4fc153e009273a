#pragma once

#include <string>

#include "actors/chat/chat_services.hpp"

namespace jobraker::chat {

/// Starts `/conversations/{id}` from its rows.
ConversationInside start_conversation(Services& services, const ConversationId& id,
                                      const std::string& path);

}  // namespace jobraker::chat
