#include "tools/analytics/store.hpp"

#include <set>

#include <boost/asio/co_spawn.hpp>

#include "embedded/embedded_analytics_migrations.hpp"
#include "storage/database.hpp"
#include "storage/migrate.hpp"
#include "tools/analytics/tables.hpp"

namespace jobraker::analytics {
namespace {

// Ids first, in order: of two that count the same event at the same time one waits here for the
// other to commit, and no two wait for each other. For the same reason all rows go in by their
// keys.
constexpr std::string_view claim_sql = R"sql(
  INSERT INTO analytics.events_counted (event)
  SELECT DISTINCT e FROM unnest($1::uuid[]) AS e ORDER BY e
  ON CONFLICT DO NOTHING RETURNING event
)sql";

constexpr std::string_view has_schema_sql = R"sql(
  SELECT 1 FROM pg_namespace WHERE nspname = 'analytics'
)sql";

constexpr std::string_view group_sql = R"sql(
  WITH made AS (
    INSERT INTO analytics.reading (consumer_group) VALUES ($1) ON CONFLICT DO NOTHING
    RETURNING consumer_group)
  SELECT consumer_group FROM made UNION ALL SELECT consumer_group FROM analytics.reading
)sql";

constexpr std::string_view truncate_sql = R"sql(
  TRUNCATE analytics.events_counted, analytics.reading, analytics.postings, analytics.applications,
    analytics.matches_daily, analytics.digests_daily, analytics.chat_turns_daily,
    analytics.model_calls_daily
)sql";

constexpr std::string_view forget_sql = R"sql(
  DELETE FROM analytics.events_counted WHERE counted_at < now() - make_interval(days => $1::int)
)sql";

std::vector<Uuid> ids_of(const std::vector<Event>& events) {
  std::vector<Uuid> ids;
  for (const auto& event : events)
    ids.push_back(event.id);
  return ids;
}

/// Which of the events were not counted before; from now on they are.
task<Result<std::set<Uuid>>> claim(storage::Session& session, const std::vector<Event>& events) {
  auto rows = co_await session.query(claim_sql, {ids_of(events)});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::set<Uuid> fresh;
  for (auto row : *rows)
    fresh.insert(row.get<Uuid>(0));
  co_return fresh;
}

/// `url` with another search path. In both forms of a connection string the last word on a keyword
/// counts.
std::string in_schema(const std::string& url) {
  if (url.find("://") == std::string::npos)
    return url + " options='-c search_path=analytics'";
  return url + (url.find('?') == std::string::npos ? "?" : "&") +
         "options=-csearch_path%3Danalytics";
}

task<Done> make_schema(storage::Session& session) {
  // Only who may make schemas may say IF NOT EXISTS; the one who fills it need not.
  auto known = co_await session.query(has_schema_sql);
  if (!known)
    co_return fail(std::move(known.error()));
  if (!known->empty())
    co_return Done{};
  auto made = co_await session.query("CREATE SCHEMA IF NOT EXISTS analytics");
  if (!made)
    co_return fail(std::move(made.error()));
  co_return Done{};
}

}  // namespace

Done prepare_schema(const storage::Settings& settings) {
  Done made;
  {
    IoContext io{1};
    storage::Database database{io, settings};
    asio::co_spawn(io, make_schema(database), [&](std::exception_ptr error, Done done) {
      made = error ? fail(Errc::internal, "the schema cannot be made") : std::move(done);
      database.close();
      io.stop();
    });
    io.run();
  }
  if (!made && made.error().code == Errc::unavailable)
    return fail(Errc::unavailable, "it cannot be reached");
  if (!made)
    return made;
  auto inside = settings;
  inside.url = in_schema(settings.url);
  auto count = storage::migrate(inside, embedded_analytics_migrations());
  if (!count)
    return fail(std::move(count.error()));
  return {};
}

task<Result<Counted>> count_events(storage::Session& session, std::vector<Event> events,
                                   const Trades& trades) {
  if (events.empty())
    co_return Counted{};
  co_return co_await session.transaction([&](storage::Transaction& t) -> task<Result<Counted>> {
    auto fresh = co_await claim(t, events);
    if (!fresh)
      co_return fail(std::move(fresh.error()));
    Counted out;
    Tally tally;
    for (const auto& event : events) {
      if (fresh->erase(event.id) == 0)
        ++out.repeated;
      else if (auto added = add(tally, event, trades); !added)
        out.unreadable.push_back(event.type + " " + to_string(event.id) + ": " +
                                 added.error().detail);
      else
        ++out.counted;
    }
    out.ignored = tally.ignored;
    out.counted -= tally.ignored;
    if (auto done = co_await add_to_tables(t, tally); !done)
      co_return fail(std::move(done.error()));
    co_return out;
  });
}

task<Result<std::string>> consumer_group(storage::Session& session, std::string prefix) {
  auto name = prefix + "analytics-" + to_string(new_uuid()).substr(0, 13);
  auto rows = co_await session.query(group_sql, {name});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())  // another has made it just now, after our snapshot
    co_return fail(Errc::unavailable, "another program is being started on the same schema");
  co_return rows->front().get<std::string>(0);
}

task<Done> forget_everything(storage::Session& session) {
  auto rows = co_await session.query(truncate_sql);
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<std::size_t>> forget_events(storage::Session& session, std::int64_t days) {
  auto rows = co_await session.query(forget_sql, {days});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace jobraker::analytics
