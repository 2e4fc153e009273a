#include "storage/chat_lookup.hpp"

#include "storage/chat_rows.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view find_turn_sql =
  "SELECT " TURN_COLUMNS ", " MESSAGE_COLUMNS " FROM chat_turns t "
  "JOIN chat_messages m ON m.turn_id = t.id AND m.role = 'user' "
  "WHERE t.conversation_id = $1 AND t.id = $2";

constexpr std::string_view find_answer_sql =
  "SELECT " MESSAGE_COLUMNS " FROM chat_messages m "
  "WHERE m.turn_id = $1 AND m.role = 'assistant' ORDER BY m.position DESC LIMIT 1";

}  // namespace

task<Result<TurnWithQuestion>> find_turn(Session& session, ConversationId conversation, TurnId id) {
  auto rows = co_await session.query(find_turn_sql, {conversation, id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "no such turn");
  co_return to_turn_with_question(rows->front());
}

task<Result<TurnOutcome>> find_turn_outcome(Session& session, ConversationId conversation,
                                            TurnId id) {
  auto turn = co_await find_turn(session, conversation, id);
  if (!turn)
    co_return fail(std::move(turn.error()));
  TurnOutcome outcome{id, turn->turn.state, {}, turn->turn.error};
  if (outcome.state != TurnState::done && outcome.state != TurnState::cancelled)
    co_return outcome;
  auto rows = co_await session.query(find_answer_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (!rows->empty())
    outcome.message = to_message(rows->front());
  co_return outcome;
}

}  // namespace jobraker::storage
