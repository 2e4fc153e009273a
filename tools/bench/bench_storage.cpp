// Rows a second over the pool: point reads and score inserts. Compare with `pgbench -M prepared` on the
// same cluster: tools/bench/storage runs both.

#include <cstdlib>
#include <future>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "config/config.hpp"
#include "storage/accounts.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"
#include "storage/migrate.hpp"
#include "storage/scores.hpp"

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
    auto made = co_await storage::create_account(*world.database, to_string(new_uuid()) + "@example.com", "x", Role::seeker);
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
      auto stored = co_await storage::upsert_job(*world.database, job, {"hash", "bench", ""}, now());
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
