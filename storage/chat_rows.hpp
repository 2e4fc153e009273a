#pragma once

#include "storage/chat_turns.hpp"
#include "storage/conversations.hpp"
#include "storage/row.hpp"

/// Columns and readers that the repositories of conversations share.
namespace jobraker::storage {

/// Of `conversations c`.
#define CONVERSATION_COLUMNS                                                                       \
  "c.id, c.user_id, c.kind, c.title, c.epoch, c.seq, c.created_at, c.updated_at, c.archived_at, "  \
  "c.state, c.summary, c.summary_upto, c.messages"
inline constexpr std::size_t conversation_columns = 13;

/// Of `chat_turns t`.
#define TURN_COLUMNS                                                                               \
  "t.id, t.conversation_id, t.client_msg_id, t.state, t.error, t.attempt, t.accepted_epoch, "      \
  "t.accepted_seq, t.created_at, t.started_at, t.ended_at"
inline constexpr std::size_t turn_columns = 11;

/// Of `chat_messages m`.
#define MESSAGE_COLUMNS                                                                            \
  "m.id, m.conversation_id, m.turn_id, m.role, m.position, m.content, m.attachments, m.tools, "    \
  "m.sources, m.state, m.created_at"

ConversationRecord to_conversation(const Row& row);
TurnRecord to_turn(const Row& row, std::size_t first = 0);
ChatMessage to_message(const Row& row, std::size_t first = 0);
/// TURN_COLUMNS followed by MESSAGE_COLUMNS.
TurnWithQuestion to_turn_with_question(const Row& row, std::size_t first = 0);

}  // namespace jobraker::storage
