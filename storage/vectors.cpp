#include "storage/vectors.hpp"

#include "storage/job_row.hpp"
#include "storage/vector_check.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view save_job_vectors_sql = R"sql(
  INSERT INTO job_vectors (job_id, kind, model, embedding, content_hash)
  VALUES ($1, 0, $2, $4::halfvec, $3), ($1, 1, $2, $5::halfvec, $3)
  ON CONFLICT (job_id, kind) DO UPDATE SET model = excluded.model, embedding = excluded.embedding,
    content_hash = excluded.content_hash, updated_at = now()
)sql";

constexpr std::string_view save_user_vectors_sql = R"sql(
  INSERT INTO user_vectors (user_id, kind, model, embedding, content_hash)
  VALUES ($1, 0, $2, $4::halfvec, $3), ($1, 1, $2, $5::halfvec, $3), ($1, 2, $2, $6::halfvec, $3)
  ON CONFLICT (user_id, kind) DO UPDATE SET model = excluded.model, embedding = excluded.embedding,
    content_hash = excluded.content_hash, updated_at = now()
)sql";

// halfvec_send gives the bytes: five times less to send and read than numbers as text.
#define USER_VECTORS                                                                               \
  "SELECT s.user_id, halfvec_send(s.embedding), halfvec_send(e.embedding), "                       \
  "halfvec_send(g.embedding), s.model, s.content_hash, s.updated_at FROM user_vectors s "          \
  "JOIN user_vectors e ON e.user_id = s.user_id AND e.kind = 1 "                                   \
  "JOIN user_vectors g ON g.user_id = s.user_id AND g.kind = 2 WHERE s.kind = 0 "

constexpr std::string_view find_user_vectors_sql = USER_VECTORS "AND s.user_id = $1";

constexpr std::string_view user_vectors_page_sql =
  USER_VECTORS "AND s.model = $1 AND s.user_id > $2 ORDER BY s.user_id LIMIT $3";

constexpr std::string_view user_vectors_sql =
  USER_VECTORS "AND s.model = $1 AND s.user_id = ANY ($2::uuid[])";

#define JOB_VECTORS                                                                                \
  "SELECT d.job_id, halfvec_send(d.embedding), halfvec_send(r.embedding) FROM job_vectors d "      \
  "JOIN job_vectors r ON r.job_id = d.job_id AND r.kind = 1 "

constexpr std::string_view job_vectors_page_sql =
  JOB_VECTORS "JOIN jobs j ON j.id = d.job_id AND j.status = 'active' "
              "WHERE d.kind = 0 AND d.model = $1 AND d.job_id > $2 ORDER BY d.job_id LIMIT $3";

constexpr std::string_view job_vectors_sql =
  JOB_VECTORS "WHERE d.kind = 0 AND d.model = $1 AND d.job_id = ANY ($2::uuid[])";

#define JOBS_WITHOUT_VECTORS(filter)                                                               \
  "SELECT " JOB_COLUMNS ", j.content_hash FROM jobs j WHERE j.status = 'active' " filter           \
  "AND NOT EXISTS (SELECT FROM job_vectors v WHERE v.job_id = j.id AND v.kind = 0 "                \
  "AND v.model = $1 AND v.content_hash = j.content_hash) "                                         \
  "ORDER BY j.listed_at DESC, j.id DESC LIMIT $2"

constexpr std::string_view jobs_without_vectors_sql = JOBS_WITHOUT_VECTORS("");
constexpr std::string_view changed_without_vectors_sql =
  JOBS_WITHOUT_VECTORS("AND j.updated_at >= $3 ");

constexpr std::string_view any_without_vectors_sql = R"sql(
  SELECT EXISTS (SELECT FROM jobs j WHERE j.id = ANY ($2::uuid[]) AND j.status = 'active'
    AND NOT EXISTS (SELECT FROM job_vectors v WHERE v.job_id = j.id AND v.kind = 0
      AND v.model = $1 AND v.content_hash = j.content_hash))
)sql";

Result<std::vector<StoredJobVectors>> to_job_vectors(const Result<Rows>& rows) {
  if (!rows)
    return fail(rows.error());
  std::vector<StoredJobVectors> list;
  list.reserve(rows->size());
  for (auto row : *rows) {
    auto& stored = list.emplace_back();
    row.read(stored.job_id, stored.vectors.description, stored.vectors.requirements);
  }
  return list;
}

StoredUserVectors to_user_vectors(const Row& row) {
  StoredUserVectors s;
  row.read(s.user_id, s.vectors.skills, s.vectors.experience, s.vectors.goals, s.model,
           s.content_hash, s.updated_at);
  return s;
}

Result<std::vector<StoredUserVectors>> to_list(const Result<Rows>& rows) {
  if (!rows)
    return fail(rows.error());
  std::vector<StoredUserVectors> list;
  for (auto row : *rows)
    list.push_back(to_user_vectors(row));
  return list;
}

}  // namespace

task<Done> save_job_vectors(Session& session, JobId job, JobVectors vectors, std::string model,
                            std::string content_hash) {
  for (const auto* vector : {&vectors.description, &vectors.requirements})
    if (auto good = check_unit(*vector); !good)
      co_return fail(std::move(good.error()));
  auto rows = co_await session.query(
    save_job_vectors_sql, {job, model, content_hash, vectors.description, vectors.requirements});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Done> save_user_vectors(Session& session, UserId user, UserVectors vectors, std::string model,
                             std::string content_hash) {
  for (const auto* vector : {&vectors.skills, &vectors.experience, &vectors.goals})
    if (auto good = check_unit(*vector); !good)
      co_return fail(std::move(good.error()));
  auto rows =
    co_await session.query(save_user_vectors_sql, {user, model, content_hash, vectors.skills,
                                                   vectors.experience, vectors.goals});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<StoredUserVectors>> find_user_vectors(Session& session, UserId user) {
  auto rows = co_await session.query(find_user_vectors_sql, {user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "this person has no vectors yet");
  co_return to_user_vectors(rows->front());
}

task<Result<std::vector<StoredUserVectors>>> load_user_vectors_page(Session& session,
                                                                    std::string model,
                                                                    std::optional<UserId> after,
                                                                    std::size_t limit) {
  co_return to_list(
    co_await session.query(user_vectors_page_sql, {model, after.value_or(UserId{}), limit}));
}

task<Result<std::vector<StoredUserVectors>>> load_user_vectors(Session& session, std::string model,
                                                               std::vector<UserId> users) {
  co_return to_list(co_await session.query(user_vectors_sql, {model, users}));
}

task<Result<std::vector<StoredJobVectors>>> load_job_vectors_page(Session& session,
                                                                  std::string model,
                                                                  std::optional<JobId> after,
                                                                  std::size_t limit) {
  co_return to_job_vectors(
    co_await session.query(job_vectors_page_sql, {model, after.value_or(JobId{}), limit}));
}

task<Result<std::vector<StoredJobVectors>>> load_job_vectors(Session& session, std::string model,
                                                             std::vector<JobId> ids) {
  co_return to_job_vectors(co_await session.query(job_vectors_sql, {model, ids}));
}

task<Result<bool>> any_without_vectors(Session& session, std::string model,
                                       std::vector<JobId> ids) {
  auto rows = co_await session.query(any_without_vectors_sql, {model, ids});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->front().get<bool>(0);
}

task<Result<std::vector<JobToEmbed>>> jobs_without_vectors(Session& session, std::string model,
                                                           std::size_t limit,
                                                           std::optional<Time> since) {
  auto rows = since ? co_await session.query(changed_without_vectors_sql, {model, limit, *since})
                    : co_await session.query(jobs_without_vectors_sql, {model, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<JobToEmbed> list;
  for (auto row : *rows)
    list.push_back({to_job(row), row.get<std::string>(job_columns)});
  co_return list;
}

}  // namespace jobraker::storage
