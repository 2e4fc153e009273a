#include "storage/people.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view changed_sql = R"sql(
  SELECT p.user_id, p.version, v.content_hash, greatest(p.updated_at, v.updated_at) AS at
  FROM (SELECT user_id FROM user_profiles WHERE updated_at >= $2
        UNION SELECT user_id FROM user_vectors WHERE kind = 0 AND updated_at >= $2) c
  JOIN user_profiles p ON p.user_id = c.user_id
  JOIN user_vectors v ON v.user_id = c.user_id AND v.kind = 0 AND v.model = $1
  ORDER BY at, p.user_id LIMIT $3
)sql";

constexpr std::string_view last_runs_sql = R"sql(
  WITH alive AS (SELECT id FROM users WHERE id = ANY ($1::uuid[]) FOR KEY SHARE)
  SELECT a.id, coalesce(b.score_version, 0), coalesce(b.params ->> 'basis', '') FROM alive a
  LEFT JOIN LATERAL (SELECT score_version, params FROM batches WHERE user_id = a.id
                     ORDER BY created_at DESC, id DESC LIMIT 1) b ON true
)sql";

}  // namespace

task<Result<std::vector<PersonChange>>> people_changed_since(Session& session, std::string model,
                                                             Time since, std::size_t limit) {
  auto rows = co_await session.query(changed_sql, {model, since, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<PersonChange> list;
  for (auto row : *rows) {
    auto& change = list.emplace_back();
    row.read(change.id, change.profile_version, change.vectors_hash, change.at);
  }
  co_return list;
}

task<Result<std::vector<LastRun>>> last_runs(Session& session, std::vector<UserId> users) {
  auto rows = co_await session.query(last_runs_sql, {users});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<LastRun> list;
  for (auto row : *rows) {
    auto& run = list.emplace_back();
    row.read(run.user, run.score_version, run.basis);
  }
  co_return list;
}

}  // namespace jobraker::storage
