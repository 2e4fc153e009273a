#include "storage/chat_rows.hpp"

/// What an actor reads: at its start, for replays, for the model's history.
namespace jobraker::storage {
namespace {

// One statement, so that the row and its turns are of one moment.
constexpr std::string_view load_conversation_sql =
  "SELECT " CONVERSATION_COLUMNS ", c.writer, " TURN_COLUMNS ", " MESSAGE_COLUMNS
  " FROM conversations c LEFT JOIN (chat_turns t JOIN chat_messages m "
  "ON m.turn_id = t.id AND m.role = 'user') "
  "ON t.conversation_id = c.id AND t.state IN ('queued', 'running') "
  "WHERE c.id = $1 ORDER BY t.accepted_epoch, t.accepted_seq";

constexpr std::string_view unfinished_sql = R"sql(
  SELECT conversation_id FROM chat_turns WHERE state IN ('queued', 'running')
  GROUP BY conversation_id ORDER BY min(created_at), conversation_id
)sql";

constexpr std::string_view list_frames_sql = R"sql(
  SELECT epoch, seq, type, body FROM chat_frames
  WHERE conversation_id = $1 AND (epoch, seq) > ($2, $3) AND (epoch, seq) <= ($4, $5)
  ORDER BY epoch, seq LIMIT $6
)sql";

constexpr std::string_view recent_messages_sql =
  "SELECT * FROM (SELECT " MESSAGE_COLUMNS " FROM chat_messages m WHERE m.conversation_id = $1 "
  "AND m.position > $2 ORDER BY m.position DESC LIMIT $3) last ORDER BY position";

}  // namespace

task<Result<LoadedConversation>> load_conversation(Session& session, ConversationId id) {
  auto rows = co_await session.query(load_conversation_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such conversation");
  LoadedConversation loaded;
  loaded.record = to_conversation(rows->front());
  auto previous = rows->front().get<std::optional<Uuid>>(conversation_columns);
  loaded.writer = {id, loaded.record.conversation.position, new_uuid(), previous.value_or(Uuid{})};
  constexpr auto turn_first = conversation_columns + 1;
  for (auto row : *rows)
    if (row.raw(turn_first))
      loaded.unfinished.push_back(to_turn_with_question(row, turn_first));
  co_return loaded;
}

task<Result<std::vector<ConversationId>>> conversations_with_unfinished_turns(Session& session) {
  auto rows = co_await session.query(unfinished_sql);
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<ConversationId> ids;
  for (auto row : *rows)
    ids.push_back(row.get<ConversationId>(0));
  co_return ids;
}

task<Result<std::vector<StoredFrame>>> list_frames(Session& session, ConversationId id,
                                                   StreamPosition after, StreamPosition until,
                                                   std::size_t limit) {
  auto rows = co_await session.query(list_frames_sql,
                                     {id, after.epoch, after.seq, until.epoch, until.seq, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<StoredFrame> frames;
  frames.reserve(rows->size());
  for (auto row : *rows) {
    StoredFrame frame;
    row.read(frame.position.epoch, frame.position.seq, frame.type, frame.body);
    frames.push_back(std::move(frame));
  }
  co_return frames;
}

task<Result<std::vector<ChatMessage>>> recent_messages(Session& session, ConversationId id,
                                                       std::int64_t after, std::size_t limit) {
  auto rows = co_await session.query(recent_messages_sql, {id, after, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<ChatMessage> messages;
  messages.reserve(rows->size());
  for (auto row : *rows)
    messages.push_back(to_message(row));
  co_return messages;
}

}  // namespace jobraker::storage
