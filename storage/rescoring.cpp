#include "storage/rescoring.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view want_sql = R"sql(
  WITH alive AS (SELECT id FROM users WHERE id = $1 FOR KEY SHARE)
  INSERT INTO scorings_wanted AS w (user_id, wanted_at, due_at) SELECT id, $2, $3 FROM alive
  ON CONFLICT (user_id) DO UPDATE
    SET due_at = least(excluded.due_at, w.wanted_at + $4 * interval '1 second')
)sql";

constexpr std::string_view due_sql = R"sql(
  SELECT user_id FROM scorings_wanted w WHERE due_at <= $1 AND NOT EXISTS (
    SELECT FROM batches b WHERE b.user_id = w.user_id AND b.finished_at IS NULL)
  ORDER BY due_at LIMIT $2
)sql";

constexpr std::string_view put_off_sql = R"sql(
  UPDATE scorings_wanted SET due_at = $2 WHERE user_id = $1
)sql";

constexpr std::string_view forget_sql = R"sql(
  DELETE FROM scorings_wanted WHERE user_id = $1
)sql";

Done done(const Result<Rows>& rows) {
  if (!rows)
    return fail(rows.error());
  return {};
}

}  // namespace

task<Done> want_scoring(Session& session, UserId user, Time due, std::chrono::seconds patience,
                        Time now) {
  co_return done(co_await session.query(want_sql, {user, now, due, patience.count()}));
}

task<Result<std::vector<UserId>>> due_scorings(Session& session, Time now, std::size_t limit) {
  auto rows = co_await session.query(due_sql, {now, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<UserId> users;
  for (auto row : *rows)
    users.push_back(row.get<UserId>(0));
  co_return users;
}

task<Done> put_off_scoring(Session& session, UserId user, Time due) {
  co_return done(co_await session.query(put_off_sql, {user, due}));
}

task<Done> forget_scoring(Session& session, UserId user) {
  co_return done(co_await session.query(forget_sql, {user}));
}

}  // namespace jobraker::storage
