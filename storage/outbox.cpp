#include "storage/outbox.hpp"

#include <mutex>
#include <set>

#include <spdlog/spdlog.h>

#include "messages/spans.hpp"

namespace jobraker::storage {
namespace {

// The sequence numbers are taken as the rows are inserted, which is after outbox_rows has its
// locks.
constexpr std::string_view append_sql = R"sql(
  INSERT INTO outbox (id, topic, type, key, at, data, traceparent)
  SELECT * FROM outbox_rows($1, $2, $3, $4, $5, $6, $7)
)sql";

// The snapshot's own xmax would not do: it is one past the latest *completed* transaction, and
// others beyond it may be under way (PostgreSQL manual §9.27.8). Our own id is taken after the
// snapshot, so it is above everybody's who wrote before. Beginning with WITH, the statement shares
// its transaction with nobody, whose id would be older.
constexpr std::string_view read_sql = R"sql(
  WITH s AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot)
  SELECT pg_snapshot_xmin(s.snapshot), pg_current_xact_id(), o.seq, o.id, o.topic, o.type,
    o.key, o.at, o.data, o.traceparent, o.dead
  FROM s
  LEFT JOIN (SELECT * FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2) AS o ON true
  ORDER BY o.seq
)sql";

constexpr std::string_view read_with_gaps_sql = R"sql(
  WITH s AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot)
  SELECT pg_snapshot_xmin(s.snapshot), pg_current_xact_id(), o.seq, o.id, o.topic, o.type,
    o.key, o.at, o.data, o.traceparent, o.dead
  FROM s
  LEFT JOIN (
    SELECT * FROM outbox WHERE seq = ANY ($3::bigint[])
    UNION ALL
    (SELECT * FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2)) AS o ON true
  ORDER BY o.seq
)sql";

constexpr std::string_view remove_sql = R"sql(
  DELETE FROM outbox WHERE seq = ANY ($1::bigint[])
)sql";

constexpr std::string_view state_sql = R"sql(
  SELECT count(*), min(written_at) FROM outbox
)sql";

constexpr std::string_view lead_sql = R"sql(
  INSERT INTO outbox_leader AS l (node, until)
  VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
  ON CONFLICT (one) DO UPDATE SET node = excluded.node, until = excluded.until
  WHERE l.node = excluded.node OR l.until < clock_timestamp()
)sql";

constexpr std::string_view leave_sql = R"sql(
  DELETE FROM outbox_leader WHERE node = $1
)sql";

constexpr std::string_view first_time_sql = R"sql(
  INSERT INTO consumed_events (consumer, event, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
)sql";

constexpr std::string_view forget_consumed_sql = R"sql(
  DELETE FROM consumed_events WHERE (consumer, event) IN (
    SELECT consumer, event FROM consumed_events WHERE at < $1 ORDER BY at LIMIT $2)
)sql";

/// Whether this binary knows the topic. In a rolling upgrade an older one may not; the rest of the
/// outbox goes on.
bool is_known(const std::string& topic) {
  if (enum_from<Topic>(topic))
    return true;
  constexpr std::size_t remembered = 100;
  static std::mutex mutex;
  static std::set<std::string> said;
  std::lock_guard lock{mutex};
  if (said.size() < remembered && said.insert(topic).second)
    spdlog::error(
      "event=outbox.unknown_topic topic=\"{}\" why=\"its rows wait for a newer binary\"", topic);
  return false;
}

}  // namespace

task<Done> append_events(Session& session, std::vector<Event> events) {
  if (events.empty())
    co_return Done{};
  std::vector<Uuid> ids;
  std::vector<Topic> topics;
  std::vector<std::string> types, keys, datas, traces;
  std::vector<Time> times;
  for (auto& event : events) {
    ids.push_back(event.id);
    topics.push_back(event.topic);
    types.push_back(std::move(event.type));
    keys.push_back(std::move(event.key));
    times.push_back(event.time);
    datas.push_back(std::move(event.data));
    traces.push_back(std::move(event.traceparent));
  }
  auto rows = co_await session.query(append_sql, {ids, topics, types, keys, times, datas, traces});
  if (!rows)
    co_return fail(std::move(rows.error()));
  session.tell_after_commit();
  for (auto topic : topics)
    OpenSpan{SpanKind::event, name_of(topic)}.finish(false);
  co_return Done{};
}

task<Result<OutboxPage>> read_outbox(Session& session, std::int64_t after,
                                     std::vector<std::int64_t> gaps, std::int64_t limit) {
  auto rows = gaps.empty() ? co_await session.query(read_sql, {after, limit})
                           : co_await session.query(read_with_gaps_sql, {after, limit, gaps});
  if (!rows)
    co_return fail(std::move(rows.error()));
  OutboxPage page;
  rows->front().read(page.xmin, page.xmax);
  if (rows->front().get<std::optional<std::int64_t>>(2)) {
    page.rows.reserve(rows->size());
    for (auto row : *rows) {
      if (!is_known(row.get<std::string>(4))) {
        page.unknown.push_back(row.get<std::int64_t>(2));
        continue;
      }
      auto& [seq, event, dead] = page.rows.emplace_back();
      row.read_from(2, seq, event.id, event.topic, event.type, event.key, event.time, event.data,
                    event.traceparent, dead);
    }
  }
  co_return page;
}

task<Done> remove_from_outbox(Session& session, std::vector<std::int64_t> seqs) {
  if (seqs.empty())
    co_return Done{};
  auto rows = co_await session.query(remove_sql, {seqs});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<OutboxState>> outbox_state(Session& session) {
  auto rows = co_await session.query(state_sql);
  if (!rows)
    co_return fail(std::move(rows.error()));
  OutboxState state;
  rows->front().read(state.waiting, state.oldest);
  co_return state;
}

task<Result<bool>> lead_outbox(Session& session, Uuid node, std::chrono::milliseconds lease) {
  auto rows = co_await session.query(lead_sql, {node, lease.count()});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected() == 1;
}

task<Done> leave_outbox(Session& session, Uuid node) {
  auto rows = co_await session.query(leave_sql, {node});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<bool>> first_time(Session& session, std::string group, Uuid event, Time now) {
  auto rows = co_await session.query(first_time_sql, {group, event, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected() == 1;
}

task<Result<std::size_t>> forget_consumed(Session& session, Time before, std::int64_t limit) {
  auto rows = co_await session.query(forget_consumed_sql, {before, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace jobraker::storage
