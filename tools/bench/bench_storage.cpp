// Rows a second over the pool: point reads and score inserts. Compare with `pgbench -M prepared` on
// the same cluster: tools/bench/storage runs both.

#include <cmath>
#include <random>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "config/config.hpp"
#include "storage/accounts.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"
#include "storage/migrate.hpp"
#include "storage/scores.hpp"
#include "storage/vectors.hpp"

namespace jobraker {
namespace {

std::string database_url() {
  for (const auto& [name, value] : process_environment())
    if (name == "DATABASE_URL")
      return value;
  return {};
}

/// One io_context, run on the benchmark's thread, with a database on it.
struct World {
  World() {
    storage::Settings settings;
    settings.url = database_url();
    settings.connections = 3;
    if (auto done = storage::migrate(settings); !done)
      throw std::runtime_error(done.error().detail);
    database = std::make_unique<storage::Database>(io, settings);
  }
  ~World() {
    database->close();
    io.restart();
    io.run();
  }

  /// Runs `chains` copies of a coroutine at the same time, until all have ended.
  template <class Work>
  void run(int chains, Work work) {
    int left = chains;
    for (int i = 0; i < chains; ++i)
      asio::co_spawn(
        io,
        [&, i]() -> task<void> {
          co_await work(i);
          if (--left == 0)
            io.stop();
        },
        asio::detached);
    io.restart();
    io.run();
  }

  IoContext io{1};
  std::unique_ptr<storage::Database> database;
};

/// An account to read, by a unique address.
UserId make_user(World& world) {
  UserId user{};
  world.run(1, [&](int) -> task<void> {
    auto made = co_await storage::create_account(
      *world.database, to_string(new_uuid()) + "@example.com", "x", Role::seeker);
    if (made)
      user = made->id;
  });
  return user;
}

void BM_point_read(benchmark::State& state) {
  World world;
  auto user = make_user(world);
  auto chains = static_cast<int>(state.range(0));
  constexpr int count = 200;
  std::int64_t failures = 0;
  for (auto _ : state)
    world.run(chains, [&](int) -> task<void> {
      for (int i = 0; i < count; ++i) {
        auto account = co_await storage::find_account(*world.database, user);
        failures += account ? 0 : 1;
      }
    });
  state.SetItemsProcessed(state.iterations() * chains * count);
  state.counters["failures"] = static_cast<double>(failures);
}
BENCHMARK(BM_point_read)->Arg(1)->Arg(8)->Arg(64)->UseRealTime()->MeasureProcessCPUTime();

/// Scores of new pairs, `range` of them a statement, each statement a commit of its own.
void BM_score_insert(benchmark::State& state) {
  World world;
  auto user = make_user(world);
  auto rows = static_cast<std::size_t>(state.range(0));
  std::vector<JobId> jobs;
  world.run(1, [&](int) -> task<void> {
    for (std::size_t i = 0; i < 1000; ++i) {
      Job job;
      job.title = "Engineer";
      job.source = SourceKind::employer;
      job.source_id = to_string(new_uuid());
      job.description = "A posting for the benchmark.";
      auto stored =
        co_await storage::upsert_job(*world.database, job, {"hash", "bench", ""}, now());
      if (stored)
        jobs.push_back(stored->id);
    }
  });
  std::int64_t version = now().time_since_epoch().count();
  std::int64_t inserted = 0;
  std::size_t at = 0;
  for (auto _ : state)
    world.run(8, [&](int) -> task<void> {
      std::vector<JobScore> scores;
      for (std::size_t i = 0; i < rows; ++i) {
        if (at == jobs.size()) {
          at = 0;
          ++version;
        }
        JobScore score;
        score.user_id = user;
        score.job_id = jobs[at++];
        score.version = version;
        score.compatibility_score = 70;
        score.ai_reasoning = "A sentence or two that says why this posting suits this person.";
        score.match_factors = {"C++", "Linux", "Berlin"};
        scores.push_back(std::move(score));
      }
      auto done = co_await storage::insert_scores(*world.database, std::move(scores));
      inserted += done ? static_cast<std::int64_t>(*done) : 0;
    });
  state.SetItemsProcessed(inserted);
}
BENCHMARK(BM_score_insert)->Arg(1)->Arg(20)->Arg(125)->UseRealTime()->MeasureProcessCPUTime();

Embedding random_unit(std::mt19937& random) {
  std::normal_distribution<float> normal;
  Embedding v(embedding_dimensions);
  float norm = 0;
  for (auto& x : v) {
    x = normal(random);
    norm += x * x;
  }
  for (auto& x : v)
    x /= std::sqrt(norm);
  return v;
}

// The weighted sum of six cosines over all jobs, best fifty: what the batch product in memory
// replaces.
constexpr std::string_view six_cosines_sql = R"sql(
  SELECT d.job_id,
    0.16 * (d.embedding <#> $1::halfvec) + 0.24 * (r.embedding <#> $1::halfvec) + 0.20 * (d.embedding <#> $2::halfvec)
    + 0.16 * (r.embedding <#> $2::halfvec) + 0.16 * (d.embedding <#> $3::halfvec) + 0.08 * (r.embedding <#> $3::halfvec) AS distance
  FROM job_vectors d JOIN job_vectors r ON r.job_id = d.job_id AND r.kind = 1
  WHERE d.kind = 0
  ORDER BY distance LIMIT 50
)sql";

/// One user after the other against 1,000 jobs in SQL; items are pairs. See bench_matching for the
/// batch.
void BM_pgvector_per_user(benchmark::State& state) {
  World world;
  std::mt19937 random{1};
  world.run(1, [&](int) -> task<void> {
    co_await world.database->query("DELETE FROM job_vectors");
    for (int i = 0; i < 1000; ++i) {
      Job job;
      job.title = "Engineer";
      job.source_id = to_string(new_uuid());
      job.description = "A posting for the benchmark.";
      auto stored =
        co_await storage::upsert_job(*world.database, job, {"hash", "bench", ""}, now());
      JobVectors vectors{random_unit(random), random_unit(random)};
      if (stored)
        co_await storage::save_job_vectors(*world.database, stored->id, vectors, "bench", "hash");
    }
    co_await world.database->query("ANALYZE job_vectors");
  });
  auto a = random_unit(random);
  auto b = random_unit(random);
  auto c = random_unit(random);
  std::size_t rows = 0;
  for (auto _ : state)
    world.run(1, [&](int) -> task<void> {
      auto found = co_await world.database->query(six_cosines_sql, {a, b, c});
      rows = found ? found->size() : 0;
    });
  state.SetItemsProcessed(state.iterations() * 1000);
  state.counters["rows"] = static_cast<double>(rows);
}
BENCHMARK(BM_pgvector_per_user)->UseRealTime();

}  // namespace
}  // namespace jobraker

int main(int argc, char** argv) {
  if (jobraker::database_url().empty()) {
    std::fputs("bench_storage: DATABASE_URL is not set; run tools/bench/storage\n", stderr);
    return 2;
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
