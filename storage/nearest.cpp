#include "storage/nearest.hpp"

#include <algorithm>

#include "storage/vector_check.hpp"

namespace jobraker::storage {
namespace {

constexpr std::size_t k_max = 1000;

/// The search keeps at most ef_search candidates, and dead rows take places among them.
constexpr std::size_t ef_search_min = 80;
constexpr std::size_t ef_search_max = 1000;  // pgvector's own limit

constexpr std::string_view settings_sql = R"sql(
  SELECT set_config('hnsw.ef_search', $1, true),
         set_config('hnsw.iterative_scan', 'relaxed_order', true)
)sql";

// The kind is a literal, because each has an index of its own. `+ 0` keeps the planner off it.
#define NEAREST(kind, plus)                                                                        \
  "SELECT v.job_id, -(v.embedding <#> $1::halfvec) FROM job_vectors v "                            \
  "JOIN jobs j ON j.id = v.job_id WHERE v.kind = " kind " AND v.model = $2 "                       \
  "AND v.embedding IS NOT NULL AND j.status <> 'merged' "                                          \
  "AND (NOT $3::boolean OR j.status = 'active') "                                                  \
  "AND ($4::text[] IS NULL OR j.country = ANY ($4) OR ($5::boolean AND j.workplace = 'remote')) "  \
  "AND ($6::boolean IS NULL OR (j.workplace = 'remote') = $6) "                                    \
  "AND ($7::timestamptz IS NULL OR j.listed_at >= $7) "                                            \
  "ORDER BY (v.embedding <#> $1::halfvec)" plus " LIMIT $8"

constexpr std::string_view approximate_sql[] = {NEAREST("0", ""), NEAREST("1", "")};
constexpr std::string_view exact_sql[] = {NEAREST("0", " + 0"), NEAREST("1", " + 0")};

std::vector<NearJob> to_near_jobs(const Rows& rows) {
  std::vector<NearJob> jobs;
  for (auto row : rows)
    jobs.push_back({row.get<JobId>(0), row.get<double>(1)});
  // A relaxed scan may give neighbours out of order.
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](auto& a, auto& b) { return a.similarity > b.similarity; });
  return jobs;
}

}  // namespace

task<Result<NearJobs>> nearest_jobs(Session& session, Embedding embedding, JobVectorKind kind,
                                    std::string model, NearestFilter filter, std::size_t k) {
  if (embedding.empty() || k == 0 || k > k_max)
    co_return fail(Errc::invalid, "a search needs a vector, and from 1 to 1000 results");
  if (auto good = check_unit(embedding); !good)
    co_return fail(std::move(good.error()));
  std::optional<std::vector<std::string>> countries;
  if (!filter.countries.empty())
    countries = filter.countries;
  Params params{embedding,        model,         filter.active_only,  countries,
                filter.or_remote, filter.remote, filter.posted_since, k};
  auto which = static_cast<std::size_t>(kind);
  auto ef_search = std::to_string(std::clamp(2 * k, ef_search_min, ef_search_max));

  auto found = co_await session.transaction([&](Transaction& transaction) -> task<Result<Rows>> {
    auto set = co_await transaction.query(settings_sql, {ef_search});
    if (!set)
      co_return fail(std::move(set.error()));
    co_return co_await transaction.query(approximate_sql[which], params);
  });
  if (!found)
    co_return fail(std::move(found.error()));
  if (found->size() == k)
    co_return NearJobs{to_near_jobs(*found), false};
  // Short: either no more match, or the scan gave up before it had found them. Only looking at all
  // tells.
  auto all = co_await session.query(exact_sql[which], params);
  if (!all)
    co_return fail(std::move(all.error()));
  co_return NearJobs{to_near_jobs(*all), all->size() > found->size()};
}

}  // namespace jobraker::storage
