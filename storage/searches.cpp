#include "storage/searches.hpp"

namespace jobraker::storage {
namespace {

#define SEARCH_COLUMNS                                                                             \
  "id, owner, kind, name, query, location, country, url, board, active, last_run_at, "             \
  "last_outcome, created_at"

constexpr std::string_view create_search_sql =
  "INSERT INTO saved_searches (id, owner, kind, name, query, location, country, url, board, "
  "active) "
  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING " SEARCH_COLUMNS;

constexpr std::string_view find_search_sql =
  "SELECT " SEARCH_COLUMNS " FROM saved_searches WHERE id = $1";

constexpr std::string_view list_searches_sql =
  "SELECT " SEARCH_COLUMNS " FROM saved_searches WHERE owner = $1 ORDER BY created_at, id";

constexpr std::string_view active_searches_sql =
  "SELECT " SEARCH_COLUMNS " FROM saved_searches WHERE active "
  "ORDER BY last_run_at NULLS FIRST, created_at, id";

constexpr std::string_view delete_search_sql = R"sql(
  DELETE FROM saved_searches WHERE id = $1 AND ($2::uuid IS NULL OR owner = $2)
)sql";

constexpr std::string_view record_outcome_sql = R"sql(
  UPDATE saved_searches SET last_run_at = $2, last_outcome = $3 WHERE id = $1
)sql";

SavedSearch to_search(const Row& row) {
  SavedSearch s;
  row.read(s.id, s.owner, s.kind, s.name, s.query, s.location, s.country, s.url, s.board, s.active,
           s.last_run_at, s.last_outcome, s.created_at);
  return s;
}

Result<std::vector<SavedSearch>> to_searches(const Result<Rows>& rows) {
  if (!rows)
    return fail(rows.error());
  std::vector<SavedSearch> searches;
  for (auto row : *rows)
    searches.push_back(to_search(row));
  return searches;
}

}  // namespace

task<Result<SavedSearch>> create_search(Session& session, SavedSearch s) {
  auto id = s.id ? s.id : SearchId::fresh();
  auto rows =
    co_await session.query(create_search_sql, {id, s.owner, s.kind, s.name, s.query, s.location,
                                               s.country, s.url, s.board, s.active});
  if (!rows && rows.error().code == Errc::conflict)
    co_return fail(Errc::conflict, "the same search is saved already");
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_search(rows->front());
}

task<Result<SavedSearch>> find_search(Session& session, SearchId id) {
  auto rows = co_await session.query(find_search_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such search");
  co_return to_search(rows->front());
}

task<Result<std::vector<SavedSearch>>> list_searches(Session& session, UserId owner) {
  co_return to_searches(co_await session.query(list_searches_sql, {owner}));
}

task<Result<std::vector<SavedSearch>>> active_searches(Session& session) {
  co_return to_searches(co_await session.query(active_searches_sql));
}

task<Done> delete_search(Session& session, SearchId id, std::optional<UserId> owner) {
  auto rows = co_await session.query(delete_search_sql, {id, owner});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 0)
    co_return fail(Errc::not_found, "there is no such search");
  co_return Done{};
}

task<Done> record_outcome(Session& session, SearchId id, Time ran_at, std::string outcome) {
  auto rows = co_await session.query(record_outcome_sql, {id, ran_at, outcome});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

}  // namespace jobraker::storage
