#include "actors/events/outbox_work.hpp"

#include <limits>

#include <spdlog/spdlog.h>

#include "actors/events/event_services.hpp"
#include "actors/system/pause.hpp"
#include "storage/databases.hpp"

namespace jobraker::events {

task<Result<bool>> take_lead(Services& services, Context::Clock::time_point deadline) {
  storage::Until session{services.databases.here(), deadline};
  co_return co_await storage::lead_outbox(session, services.events->node, lease);
}

task<Result<Ok>> leave_lead(Services& services) {
  storage::Until session{services.databases.here(),
                         Context::Clock::now() + std::chrono::seconds{2}};
  if (auto left = co_await storage::leave_outbox(session, services.events->node); !left)
    co_return fail(std::move(left.error()));
  co_return Ok{};
}

task<Result<storage::OutboxPage>> read_rows(Services& services, OutboxRead next) {
  storage::Until session{services.databases.here(), Context::Clock::now() + lease / 2};
  co_return co_await storage::read_outbox(session, next.after, std::move(next.gaps),
                                          services.config.events.batch);
}

task<Result<Ok>> remove_rows(Services& services, std::vector<std::int64_t> seqs) {
  auto done = co_await storage::remove_from_outbox(services.databases.here(), std::move(seqs));
  if (done)
    co_return Ok{};
  co_await pause(std::chrono::milliseconds{500});
  co_return fail(std::move(done.error()));
}

task<Result<Ok>> set_aside_rows(Services& services, std::vector<std::int64_t> seqs,
                                std::string why) {
  storage::Until session{services.databases.here(), Context::Clock::now() + lease / 2};
  constexpr auto nothing_above = std::numeric_limits<std::int64_t>::max();
  auto page = co_await storage::read_outbox(session, nothing_above, std::move(seqs), 0);
  if (!page)
    co_return fail(std::move(page.error()));
  for (auto& row : page->rows) {
    spdlog::error("event=outbox.refused id={} type={} dead_letter={} why=\"{}\"",
                  to_string(row.event.id), row.event.type, row.dead.has_value(), why);
    if (row.dead)
      continue;
    storage::DeadLetter letter{new_uuid(), "outbox", std::move(row.event), why, 1, now(), {}};
    if (auto done = co_await storage::add_dead_letter(session, std::move(letter)); !done)
      co_return fail(std::move(done.error()));
  }
  co_return Ok{};
}

}  // namespace jobraker::events
