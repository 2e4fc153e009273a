#pragma once

#include <functional>
#include <memory>

#include "actors/chat/consent_memory.hpp"
#include "actors/chat/core/tools.hpp"
#include "actors/chat/handles.hpp"
#include "actors/chat/live_sessions.hpp"
#include "actors/system/services.hpp"

namespace jobraker::chat {

/// What conversations and sessions work with, beside `Services`.
struct ChatServices {
  LiveSessions& live;
  ToolTable tools{};
  ConsentMemory consents{};
  std::function<Result<ConversationInside>(const ConversationId&)> conversation{};
  std::function<void(const ConversationId&)> release_conversation{};
  /// Lets later answers find this one; may be empty.
  std::function<void(const UserId&, const ConversationId&, const ChatMessage& question,
                     const ChatMessage& answer)>
    index_turn{};
};

}  // namespace jobraker::chat
