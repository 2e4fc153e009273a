#include "actors/inspection/under_way.hpp"

#include <atomic>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <spdlog/spdlog.h>

#include "storage/databases.hpp"
#include "storage/operation_figures.hpp"

namespace jobraker::inspection {
namespace {

constexpr std::chrono::seconds patience{5};

}  // namespace

task<Done> look_under_way(storage::Session& session, Lookout& lookout, StaleLimits limits) {
  const auto time = now();
  auto work = co_await storage::find_stale_work(session, time - limits.kit);
  if (!work)
    co_return fail(std::move(work.error()));
  lookout.stale_is(stale_work(*work, limits, time));
  co_return Done{};
}

void watch_under_way(Services& services, Lookout& lookout) {
  StaleLimits limits;
  limits.application = std::chrono::minutes{services.config.applications.stale_minutes};
  auto busy = std::make_shared<std::atomic<bool>>(false);
  lookout.on_round([&services, &lookout, limits, busy] {
    // One at a time, however slow PostgreSQL is.
    if (busy->exchange(true))
      return;
    asio::co_spawn(
      services.io.any(),
      [&services, &lookout, limits, busy]() -> task<void> {
        storage::Until session{services.databases.here(), Context::Clock::now() + patience};
        if (auto looked = co_await look_under_way(session, lookout, limits); !looked)
          spdlog::debug("event=inspection.rows_not_read why=\"{}\"", looked.error().detail);
        *busy = false;
      },
      asio::detached);
  });
}

}  // namespace jobraker::inspection
