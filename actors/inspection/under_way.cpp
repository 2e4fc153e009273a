#include "actors/inspection/under_way.hpp"

#include <atomic>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <spdlog/spdlog.h>

#include "actors/applications/application_services.hpp"
#include "actors/applications/core/stuck.hpp"
#include "actors/inspection/core/stale.hpp"
#include "storage/databases.hpp"
#include "storage/operation_figures.hpp"
#include "storage/operator_lists.hpp"

namespace jobraker::inspection {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::int64_t applications_named = 50;

}  // namespace

task<Done> look_under_way(storage::Session& session, Lookout& lookout,
                          applications::Schedule schedule) {
  const auto time = now();
  StaleLimits limits;
  limits.application = std::chrono::duration_cast<std::chrono::minutes>(schedule.stale);
  auto rules = applications::stuck_rules(schedule, time);
  std::erase_if(rules, [](const StuckRule& r) { return r.reason == StuckReason::needs_input; });
  WatchApplications query;
  query.stuck = true;
  query.limit = applications_named;
  auto stuck = co_await storage::watch_applications(session, query, std::move(rules));
  if (!stuck)
    co_return fail(std::move(stuck.error()));
  auto work = co_await storage::find_stale_kits(session, time - limits.kit);
  if (!work)
    co_return fail(std::move(work.error()));
  for (const auto& one : stuck->items)
    work->push_back({"/applications/" + to_string(one.id), one.since, one.stuck_reason});
  lookout.stale_is(stale_work(*work, limits, time));
  co_return Done{};
}

void watch_under_way(Services& services, Lookout& lookout) {
  auto busy = std::make_shared<std::atomic<bool>>(false);
  lookout.on_round([&services, &lookout, busy] {
    // One at a time, however slow PostgreSQL is.
    if (!services.applications || busy->exchange(true))
      return;
    asio::co_spawn(
      services.io.any(),
      [&services, &lookout, busy]() -> task<void> {
        storage::Until session{services.databases.here(), Context::Clock::now() + patience};
        if (auto looked =
              co_await look_under_way(session, lookout, services.applications->schedule);
            !looked)
          spdlog::debug("event=inspection.rows_not_read why=\"{}\"", looked.error().detail);
        *busy = false;
      },
      asio::detached);
  });
}

}  // namespace jobraker::inspection
