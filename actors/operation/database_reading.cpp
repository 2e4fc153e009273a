#include "actors/operation/database_reading.hpp"

#include <memory>
#include <mutex>

#include <boost/asio/post.hpp>

#include "actors/system/io_threads.hpp"
#include "actors/system/pause.hpp"
#include "storage/databases.hpp"

namespace jobraker::operation {
namespace {

/// What the threads have said so far. Outlives a scrape that did not wait for all of them.
struct Gathered {
  std::mutex mutex;
  std::vector<PoolReading> pools;
  std::size_t missing = 0;
};

void add(PoolReading& to, const storage::DatabaseStats& stats) {
  to.up += stats.connections_up;
  to.configured += stats.connections;
  to.waiting += stats.waiting;
  to.in_flight += stats.in_flight;
  to.statements += stats.statements;
  to.failures += stats.failures;
  to.reconnects += stats.reconnects;
}

}  // namespace

task<std::vector<PoolReading>> read_pools(IoThreads& io, std::vector<NamedPool> pools,
                                          Context::Clock::time_point deadline) {
  const auto gathered = std::make_shared<Gathered>();
  gathered->missing = io.size();
  for (const auto& pool : pools)
    gathered->pools.emplace_back().name = pool.name;
  for (std::size_t i = 0; i < io.size(); ++i)
    asio::post(io.context(i), [gathered, pools, i] {
      std::lock_guard guard{gathered->mutex};
      for (std::size_t n = 0; n < pools.size(); ++n)
        add(gathered->pools[n], pools[n].databases->at(i).stats());
      --gathered->missing;
    });
  while (true) {
    {
      std::lock_guard guard{gathered->mutex};
      if (gathered->missing == 0)
        co_return gathered->pools;
      // Sums of some threads would look as if the others had begun anew.
      if (Context::Clock::now() >= deadline)
        co_return std::vector<PoolReading>{};
    }
    co_await pause(std::chrono::milliseconds{1});
  }
}

}  // namespace jobraker::operation
