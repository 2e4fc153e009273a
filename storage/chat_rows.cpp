#include "storage/chat_rows.hpp"

#include "messages/codec.hpp"

namespace jobraker::storage {
namespace {

template <class T>
std::vector<T> to_list(const Row& row, std::size_t column) {
  auto text = row.raw(column).value_or("[]");
  if (text == "[]")
    return {};
  auto list = json::decode<std::vector<T>>(text, json::Unknown::ignore);
  if (!list)
    throw BadColumn("a list of a message: " + list.error().detail);
  return std::move(*list);
}

}  // namespace

ConversationRecord to_conversation(const Row& row) {
  ConversationRecord r;
  auto& c = r.conversation;
  row.read(c.id, c.user_id, c.kind, c.title, c.position.epoch, c.position.seq, c.created_at,
           c.updated_at, c.archived_at, r.state, r.summary, r.summary_upto, r.messages);
  return r;
}

TurnRecord to_turn(const Row& row, std::size_t first) {
  TurnRecord t;
  row.read_from(first, t.id, t.conversation_id, t.client_msg_id, t.state, t.error, t.attempt,
                t.accepted.epoch, t.accepted.seq, t.created_at, t.started_at, t.ended_at);
  return t;
}

ChatMessage to_message(const Row& row, std::size_t first) {
  ChatMessage m;
  row.read_from(first, m.id, m.conversation_id, m.turn_id, m.role, m.position, m.content);
  m.attachments = to_list<AttachmentNote>(row, first + 6);
  m.tools = to_list<ToolRecord>(row, first + 7);
  m.sources = to_list<Source>(row, first + 8);
  row.read_from(first + 9, m.state, m.created_at);
  return m;
}

TurnWithQuestion to_turn_with_question(const Row& row, std::size_t first) {
  return {to_turn(row, first), to_message(row, first + turn_columns)};
}

}  // namespace jobraker::storage
