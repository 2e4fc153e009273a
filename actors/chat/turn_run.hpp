#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/chat/chat_services.hpp"
#include "messages/task.hpp"
#include "net/client/cancel.hpp"
#include "storage/conversations.hpp"

namespace jobraker::chat {

/// What a turn starts from.
struct TurnInput {
  Context context{};  ///< trace and principal; its deadline is that of the whole turn
  storage::ConversationRecord conversation{};
  ChatMessage question{};
  /// What no summary covers, when the conversation has it at hand.
  std::optional<std::vector<ChatMessage>> recent{};
  std::vector<ModelImage> images{};
  std::string
    effect_scope{};  ///< what makes this turn's effects its own, the same in every attempt
};

/// How a turn speaks with its conversation while it runs.
struct TurnPort {
  ConversationInside conversation{};
  TurnId turn{};
  net::CancelToken cancel{};
};

/// How a turn ended. Its text is what the conversation has shown.
struct TurnResult {
  TurnState state = TurnState::done;  ///< done, failed or cancelled
  Error error{};                      ///< when failed
  std::string code{};                 ///< of the failure, when it is more than the Errc: `flagged`
  std::string note{};                 ///< of an answer that is not whole: length, refusal, rounds
  std::vector<ToolRecord> tools{};
  std::vector<Source> sources{};
  TokenUsage usage{};
  std::int64_t cost_nano = 0;
  std::optional<std::string> new_state{};  ///< JSON, of a mock interview
};

/// Runs a turn to its end on an I/O thread: moderation, retrieval, model, functions. Never fails:
/// what goes wrong is in the result.
task<Result<TurnResult>> run_turn(Services& services, TurnInput input, TurnPort port);

}  // namespace jobraker::chat
