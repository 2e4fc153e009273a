#pragma once

#include "messages/turn_commands.hpp"
#include "storage/chat_turns.hpp"

/// Single turns, looked up.
namespace jobraker::storage {

/// The turn with its question, or Errc::not_found.
task<Result<TurnWithQuestion>> find_turn(Session& session, ConversationId conversation, TurnId id);

/// How a turn ended, with its latest answer; Errc::not_found. A turn that has not ended has its
/// present state and no answer.
task<Result<TurnOutcome>> find_turn_outcome(Session& session, ConversationId conversation,
                                            TurnId id);

}  // namespace jobraker::storage
