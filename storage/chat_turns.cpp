#include "storage/chat_turns.hpp"

#include "messages/codec.hpp"
#include "storage/chat_rows.hpp"

namespace jobraker::storage {
namespace {

// Every commit begins with an update of the conversation's row, which locks it and lets pass only
// who may write. After it has waited for another writer, PostgreSQL looks at the new row again
// (manual §13.2.1), so the loser sees that it has lost and writes nothing.
// $1 conversation, $2 epoch, $3 first seq, $4 last seq (NULL without frames), $5 writer, $6 writer
// before it, $7 loaded seq, $8-$10 the frames.
#define COMMIT_SET                                                                                 \
  "writer = $5, seq = coalesce($4::bigint, c.seq), "                                               \
  "epoch = CASE WHEN $4::bigint IS NULL THEN c.epoch ELSE $2::bigint END"
#define COMMIT_WHERE                                                                               \
  "c.id = $1 AND ((c.writer = $5::uuid AND ($3::bigint IS NULL OR (c.epoch, c.seq) < ($2, $3))) "  \
  "OR (c.writer IS NOT DISTINCT FROM $6::uuid AND c.epoch = $2 - 1 AND c.seq = $7::bigint))"
#define COMMIT_FRAMES                                                                              \
  "frames AS (INSERT INTO chat_frames (conversation_id, epoch, seq, type, body) "                  \
  "SELECT done.id, $2, f.seq, f.type, f.body "                                                     \
  "FROM done, unnest($8::bigint[], $9::text[], $10::text[]) f (seq, type, body))"

constexpr std::string_view begin_turn_sql =
  "WITH done AS (UPDATE conversations c SET " COMMIT_SET ", messages = $15, updated_at = now() "
  "WHERE " COMMIT_WHERE " AND c.messages = $15::bigint - 1 AND NOT EXISTS (SELECT FROM chat_turns "
  "WHERE conversation_id = $1 AND client_msg_id = $11::text) RETURNING c.id), "
  "turn AS (INSERT INTO chat_turns AS t (id, conversation_id, client_msg_id, accepted_epoch, "
  "accepted_seq, state, started_at) SELECT $13, id, $11, $2, $3, $22::text, "
  "CASE WHEN $22::text = 'running' THEN now() END FROM done RETURNING " TURN_COLUMNS "), "
  "message AS (INSERT INTO chat_messages (id, conversation_id, turn_id, role, position, content, "
  "attachments, tools, sources, state, created_at) SELECT $12, id, $13, $14, $15, $16, $17::jsonb, "
  "$18::jsonb, $19::jsonb, $20, $21 FROM done), " COMMIT_FRAMES " SELECT * FROM turn";

constexpr std::string_view known_turn_sql =
  "SELECT " TURN_COLUMNS ", " MESSAGE_COLUMNS " FROM chat_turns t "
  "JOIN chat_messages m ON m.turn_id = t.id AND m.role = 'user' "
  "WHERE t.conversation_id = $1 AND (t.id = $2 OR t.client_msg_id = $3::text) "
  "ORDER BY t.id = $2 DESC LIMIT 1";

constexpr std::string_view rerun_turn_sql =
  "WITH done AS (UPDATE conversations c SET " COMMIT_SET ", updated_at = now() "
  "WHERE " COMMIT_WHERE " AND EXISTS (SELECT FROM chat_turns WHERE id = $11 "
  "AND conversation_id = $1 AND state IN ('interrupted', 'cancelled', 'failed')) RETURNING c.id), "
  "t AS (UPDATE chat_turns t SET state = 'queued', attempt = attempt + 1, error = NULL, "
  "started_at = NULL, ended_at = NULL FROM done WHERE t.id = $11 "
  "RETURNING " TURN_COLUMNS "), " COMMIT_FRAMES " SELECT t.*, " MESSAGE_COLUMNS " FROM t "
  "JOIN chat_messages m ON m.turn_id = t.id AND m.role = 'user'";

constexpr std::string_view start_turn_sql =
  "WITH done AS (UPDATE conversations c SET " COMMIT_SET " WHERE " COMMIT_WHERE
  " AND EXISTS (SELECT FROM chat_turns WHERE id = $11 AND conversation_id = $1 "
  "AND state IN ('queued', 'running')) RETURNING c.id), "
  "t AS (UPDATE chat_turns t SET state = 'running', started_at = coalesce(started_at, now()) "
  "FROM done WHERE t.id = $11), " COMMIT_FRAMES " SELECT id FROM done";

constexpr std::string_view append_frames_sql =
  "WITH done AS (UPDATE conversations c SET " COMMIT_SET " WHERE " COMMIT_WHERE
  " RETURNING c.id), " COMMIT_FRAMES " SELECT id FROM done";

constexpr std::string_view end_turn_sql =
  "WITH done AS (UPDATE conversations c SET " COMMIT_SET ", updated_at = now(), "
  "messages = coalesce($18::bigint, c.messages), state = coalesce($14::jsonb, c.state) "
  "WHERE " COMMIT_WHERE
  " AND ($18::bigint IS NULL OR c.messages = $18::bigint - 1) AND EXISTS (SELECT "
  "FROM chat_turns WHERE id = $11 AND conversation_id = $1 AND state IN ('queued', 'running')) "
  "RETURNING c.id), "
  "t AS (UPDATE chat_turns t SET state = $12, error = $13::jsonb, ended_at = now() "
  "FROM done WHERE t.id = $11), "
  "message AS (INSERT INTO chat_messages (id, conversation_id, turn_id, role, position, content, "
  "attachments, tools, sources, state, created_at) SELECT $15::uuid, id, $16::uuid, $17, $18, $19, "
  "$20::jsonb, $21::jsonb, $22::jsonb, $23, $24::timestamptz FROM done "
  "WHERE $18::bigint IS NOT NULL), "
  // Depends on `done`: the outbox's lock is taken after the conversation's row, by everybody.
  "told AS (INSERT INTO outbox (id, topic, type, key, at, data, traceparent) SELECT o.* FROM done, "
  "LATERAL outbox_rows(ARRAY[$25::uuid], ARRAY[$26], ARRAY[$27], ARRAY[done.id::text], "
  "ARRAY[$28::timestamptz], ARRAY[$29], ARRAY[$30]) o "
  "WHERE $25::uuid IS NOT NULL), " COMMIT_FRAMES " SELECT id FROM done";

constexpr std::string_view save_summary_sql =
  "UPDATE conversations c SET " COMMIT_SET ", summary = $8, summary_upto = $9 WHERE " COMMIT_WHERE
  " AND c.summary_upto <= $9::bigint";

constexpr std::string_view save_state_sql =
  "UPDATE conversations c SET " COMMIT_SET ", state = $8::jsonb WHERE " COMMIT_WHERE;

constexpr std::string_view set_title_sql = R"sql(
  UPDATE conversations SET title = CASE WHEN title = '' THEN $2 ELSE title END WHERE id = $1
  RETURNING title
)sql";

constexpr std::string_view diagnose_sql = R"sql(
  SELECT c.writer IS NOT DISTINCT FROM $2::uuid,
    (SELECT count(*) FROM unnest($4::bigint[], $5::text[], $6::text[]) f (seq, type, body)
     JOIN chat_frames s ON s.conversation_id = c.id AND s.epoch = $3 AND s.seq = f.seq
       AND s.type = f.type AND s.body = f.body),
    $7::uuid IS NULL OR EXISTS (SELECT FROM chat_turns t WHERE t.id = $7 AND t.conversation_id = c.id)
  FROM conversations c WHERE c.id = $1
)sql";

/// The frames of one commit, column by column.
struct Frames {
  std::vector<std::int64_t> seqs{};
  std::vector<std::string_view> types{};
  std::vector<std::string_view> bodies{};
};

Frames columns(const std::vector<StoredFrame>& frames) {
  Frames f;
  for (const auto& frame : frames) {
    f.seqs.push_back(frame.position.seq);
    f.types.push_back(frame.type);
    f.bodies.push_back(frame.body);
  }
  return f;
}

/// Frames must lie in the writer's epoch, one after the other.
Done check_frames(const ChatWriter& writer, const std::vector<StoredFrame>& frames) {
  std::int64_t last = 0;
  for (const auto& frame : frames) {
    if (frame.position.epoch != writer.loaded.epoch + 1 || frame.position.seq <= last)
      return fail(Errc::invalid, "a frame's position is not one of this writer's");
    last = frame.position.seq;
  }
  return {};
}

std::optional<Uuid> uuid_or_null(const Uuid& id) { return id ? std::optional{id} : std::nullopt; }

/// $1 to $7.
Params fence_params(const ChatWriter& writer, const std::vector<StoredFrame>& frames) {
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
  if (!frames.empty()) {
    first = frames.front().position.seq;
    last = frames.back().position.seq;
  }
  return {writer.conversation,           writer.loaded.epoch + 1, first, last, writer.id,
          uuid_or_null(writer.previous), writer.loaded.seq};
}

/// $1 to $10.
Params params_of(const ChatWriter& writer, const std::vector<StoredFrame>& frames) {
  auto params = fence_params(writer, frames);
  auto f = columns(frames);
  params.add(f.seqs).add(f.types).add(f.bodies);
  return params;
}

/// A list as JSON. What could not be read again is refused before it is stored.
template <class T>
Result<std::string> to_column(const std::vector<T>& list) {
  if (list.empty())
    return "[]";
  auto text = json::encode(list);
  if (auto again = json::decode<std::vector<T>>(text); !again)
    return fail(std::move(again.error()));
  return text;
}

/// Ten values: the columns of a message, all NULL without one.
Done add_message(Params& params, const ChatMessage* message) {
  if (!message) {
    for (int i = 0; i < 10; ++i)
      params.add(std::optional<bool>{});
    return {};
  }
  auto attachments = to_column(message->attachments);
  if (!attachments)
    return fail(std::move(attachments.error()));
  auto tools = to_column(message->tools);
  if (!tools)
    return fail(std::move(tools.error()));
  auto sources = to_column(message->sources);
  if (!sources)
    return fail(std::move(sources.error()));
  params.add(message->id).add(message->turn_id).add(message->role).add(message->position);
  params.add(message->content).add(*attachments).add(*tools).add(*sources);
  params.add(message->state).add(message->created_at);
  return {};
}

/// Six values: an event, all NULL without one. Its key is the conversation's id.
void add_event(Params& params, const std::optional<Event>& event) {
  if (event)
    params.add(event->id)
      .add(event->topic)
      .add(event->type)
      .add(event->time)
      .add(event->data)
      .add(event->traceparent);
  else
    for (int i = 0; i < 6; ++i)
      params.add(std::optional<std::string>{});
}

/// Why a commit wrote nothing. Success when it had been written before, by this very writer.
task<Done> diagnose(Session& session, const ChatWriter& writer,
                    const std::vector<StoredFrame>& frames, std::optional<TurnId> turn = {}) {
  auto f = columns(frames);
  auto rows =
    co_await session.query(diagnose_sql, {writer.conversation, writer.id, writer.loaded.epoch + 1,
                                          f.seqs, f.types, f.bodies, turn});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such conversation");
  bool ours = false;
  std::size_t found = 0;
  bool has_turn = false;
  rows->front().read(ours, found, has_turn);
  if (!ours)
    co_return fail(Errc::conflict, "another actor writes this conversation now");
  if (!frames.empty() && found == frames.size())
    co_return Done{};
  if (!has_turn)
    co_return fail(Errc::not_found, "there is no such turn");
  co_return fail(Errc::conflict, "the conversation is not where its writer believes it to be");
}

/// Runs a commit whose answer is a row when it has written.
task<Done> commit(Session& session, std::string_view sql, Params params, const ChatWriter& writer,
                  const std::vector<StoredFrame>& frames, std::optional<TurnId> turn = {}) {
  auto rows = co_await session.query(sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 0)
    co_return co_await diagnose(session, writer, frames, turn);
  co_return Done{};
}

task<Result<std::optional<TurnWithQuestion>>> known_turn(Session& session,
                                                         ConversationId conversation, TurnId turn,
                                                         std::optional<std::string> client_msg_id) {
  auto rows = co_await session.query(known_turn_sql, {conversation, turn, client_msg_id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return std::nullopt;
  co_return to_turn_with_question(rows->front());
}

tl::unexpected<Error> frames_missing() {
  return fail(Errc::invalid, "a commit of this kind needs a frame");
}

}  // namespace

task<Result<BegunTurn>> begin_turn(Session& session, ChatWriter writer, std::string client_msg_id,
                                   ChatMessage question, std::vector<StoredFrame> frames,
                                   TurnState state) {
  if (frames.empty())
    co_return frames_missing();
  if (auto checked = check_frames(writer, frames); !checked)
    co_return fail(std::move(checked.error()));
  question.conversation_id = writer.conversation;
  question.role = MessageRole::user;
  std::optional<std::string> client_id;
  if (!client_msg_id.empty())
    client_id = client_msg_id;
  auto params = params_of(writer, frames);
  params.add(client_id);
  if (auto added = add_message(params, &question); !added)
    co_return fail(std::move(added.error()));
  params.add(state);
  auto rows = co_await session.query(begin_turn_sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (!rows->empty())
    co_return BegunTurn{to_turn(rows->front()), std::move(question), false};
  auto known = co_await known_turn(session, writer.conversation, question.turn_id, client_id);
  if (!known)
    co_return fail(std::move(known.error()));
  if (*known) {
    // Our own turn means that we repeat ourselves: the first answer has got lost.
    bool other = (*known)->turn.id != question.turn_id;
    co_return BegunTurn{std::move((*known)->turn), std::move((*known)->question), other};
  }
  auto reason = co_await diagnose(session, writer, frames);
  if (!reason)
    co_return fail(std::move(reason.error()));
  co_return fail(Errc::conflict, "these frames belong to something else");
}

task<Result<TurnWithQuestion>> rerun_turn(Session& session, ChatWriter writer, TurnId turn,
                                          std::vector<StoredFrame> frames) {
  if (frames.empty())
    co_return frames_missing();
  if (auto checked = check_frames(writer, frames); !checked)
    co_return fail(std::move(checked.error()));
  auto params = params_of(writer, frames);
  params.add(turn);
  auto rows = co_await session.query(rerun_turn_sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (!rows->empty())
    co_return to_turn_with_question(rows->front());
  auto repeated = co_await diagnose(session, writer, frames, turn);
  if (!repeated)
    co_return fail(std::move(repeated.error()));
  auto known = co_await known_turn(session, writer.conversation, turn, std::nullopt);
  if (!known)
    co_return fail(std::move(known.error()));
  if (!*known)
    co_return fail(Errc::not_found, "there is no such turn");
  co_return std::move(**known);
}

task<Done> start_turn(Session& session, ChatWriter writer, TurnId turn,
                      std::vector<StoredFrame> frames) {
  if (auto checked = check_frames(writer, frames); !checked)
    co_return checked;
  auto params = params_of(writer, frames);
  params.add(turn);
  co_return co_await commit(session, start_turn_sql, std::move(params), writer, frames, turn);
}

task<Done> append_frames(Session& session, ChatWriter writer, std::vector<StoredFrame> frames) {
  if (frames.empty())
    co_return frames_missing();
  if (auto checked = check_frames(writer, frames); !checked)
    co_return checked;
  co_return co_await commit(session, append_frames_sql, params_of(writer, frames), writer, frames);
}

task<Done> end_turn(Session& session, ChatWriter writer, TurnEnd end) {
  if (end.frames.empty())
    co_return frames_missing();
  if (end.state == TurnState::queued || end.state == TurnState::running)
    co_return fail(Errc::invalid, "a turn cannot end in this state");
  if (auto checked = check_frames(writer, end.frames); !checked)
    co_return checked;
  auto params = params_of(writer, end.frames);
  params.add(end.turn).add(end.state).add(end.error).add(end.new_state);
  if (end.answer) {
    end.answer->conversation_id = writer.conversation;
    end.answer->turn_id = end.turn;
    end.answer->role = MessageRole::assistant;
  }
  if (auto added = add_message(params, end.answer ? &*end.answer : nullptr); !added)
    co_return added;
  add_event(params, end.told);
  auto done =
    co_await commit(session, end_turn_sql, std::move(params), writer, end.frames, end.turn);
  if (done && end.told)
    session.tell_after_commit();
  co_return done;
}

task<Done> save_summary(Session& session, ChatWriter writer, std::string summary,
                        std::int64_t upto) {
  auto params = fence_params(writer, {});
  params.add(summary).add(upto);
  co_return co_await commit(session, save_summary_sql, std::move(params), writer, {});
}

task<Done> save_state(Session& session, ChatWriter writer, std::string state_json) {
  auto params = fence_params(writer, {});
  params.add(state_json);
  co_return co_await commit(session, save_state_sql, std::move(params), writer, {});
}

task<Result<std::string>> set_title(Session& session, ConversationId id, std::string title) {
  auto rows = co_await session.query(set_title_sql, {id, title});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such conversation");
  co_return rows->front().get<std::string>(0);
}

}  // namespace jobraker::storage
