#include "storage/outbox.hpp"

namespace jobraker::storage {
namespace {

// One statement: the letter, the mark that it is handled, and the message for the topic of dead
// letters. Of an event that is set aside already nothing is repeated, nor of this letter, should it
// have been written, and even replayed, by a statement whose answer was lost.
constexpr std::string_view add_sql = R"sql(
  WITH letter AS (
    INSERT INTO dead_letters (id, consumer, event, topic, type, key, at, data, traceparent, reason,
      attempts, failed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, left($10, 2000), $11, $12)
    ON CONFLICT DO NOTHING
    RETURNING *
  ), mark AS (
    INSERT INTO consumed_events (consumer, event, at) SELECT consumer, event, failed_at FROM letter
    ON CONFLICT DO NOTHING
  )
  INSERT INTO outbox (id, topic, type, key, at, data, traceparent, dead)
  SELECT event, topic, type, key, at, data, traceparent, jsonb_build_object('consumer', consumer,
    'reason', left(reason, 500), 'attempts', attempts, 'failed_at', failed_at)
  FROM letter
)sql";

constexpr std::string_view list_sql = R"sql(
  SELECT id, consumer, event, topic, type, key, at, data, traceparent, reason, attempts, failed_at,
    replayed_at
  FROM dead_letters
  WHERE ($1::text IS NULL OR consumer = $1) AND ($2::timestamptz IS NULL OR failed_at < $2)
  ORDER BY failed_at DESC, id DESC LIMIT $3
)sql";

constexpr std::string_view replay_sql = R"sql(
  UPDATE dead_letters SET replayed_at = $2 WHERE id = $1 AND replayed_at IS NULL
  RETURNING id, consumer, event, topic, type, key, at, data, traceparent, reason, attempts,
    failed_at, replayed_at
)sql";

constexpr std::string_view exists_sql = R"sql(
  SELECT 1 FROM dead_letters WHERE id = $1
)sql";

constexpr std::string_view unmark_sql = R"sql(
  DELETE FROM consumed_events WHERE consumer = $1 AND event = $2
)sql";

constexpr std::string_view forget_sql = R"sql(
  DELETE FROM dead_letters WHERE id IN (
    SELECT id FROM dead_letters WHERE failed_at < $1 ORDER BY failed_at LIMIT $2)
)sql";

DeadLetter to_letter(const Row& row) {
  DeadLetter letter;
  auto& event = letter.event;
  row.read(letter.id, letter.group, event.id, event.topic, event.type, event.key, event.time,
           event.data, event.traceparent, letter.reason, letter.attempts, letter.failed_at,
           letter.replayed_at);
  return letter;
}

}  // namespace

task<Done> add_dead_letter(Session& session, DeadLetter letter) {
  const auto& e = letter.event;
  auto rows = co_await session.query(add_sql, {letter.id, letter.group, e.id, e.topic, e.type,
                                               e.key, e.time, e.data, e.traceparent, letter.reason,
                                               letter.attempts, letter.failed_at});
  if (!rows)
    co_return fail(std::move(rows.error()));
  session.tell_after_commit();
  co_return Done{};
}

task<Result<std::vector<DeadLetter>>> list_dead_letters(Session& session,
                                                        std::optional<std::string> group,
                                                        std::optional<Time> before,
                                                        std::int64_t limit) {
  auto rows = co_await session.query(list_sql, {group, before, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<DeadLetter> letters;
  for (auto row : *rows)
    letters.push_back(to_letter(row));
  co_return letters;
}

task<Result<DeadLetter>> replay_dead_letter(Session& session, Uuid id, Time now) {
  co_return co_await session.transaction([&](Transaction& transaction) -> task<Result<DeadLetter>> {
    auto rows = co_await transaction.query(replay_sql, {id, now});
    if (!rows)
      co_return fail(std::move(rows.error()));
    if (rows->empty()) {
      auto there = co_await transaction.query(exists_sql, {id});
      if (!there)
        co_return fail(std::move(there.error()));
      co_return there->empty() ? fail(Errc::not_found, "there is no such dead letter")
                               : fail(Errc::conflict, "this dead letter was replayed already");
    }
    auto letter = to_letter(rows->front());
    if (auto free = co_await transaction.query(unmark_sql, {letter.group, letter.event.id}); !free)
      co_return fail(std::move(free.error()));
    if (auto again = co_await append_events(transaction, {letter.event}); !again)
      co_return fail(std::move(again.error()));
    co_return letter;
  });
}

task<Result<std::size_t>> forget_dead_letters(Session& session, Time before, std::int64_t limit) {
  auto rows = co_await session.query(forget_sql, {before, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace jobraker::storage
