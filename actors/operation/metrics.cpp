#include "actors/operation/metrics.hpp"

#include "actors/events/event_services.hpp"
#include "actors/llm/core/call_figures.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/operation/core/application_families.hpp"
#include "actors/operation/core/dependency_families.hpp"
#include "actors/operation/core/process_families.hpp"
#include "actors/operation/core/work_families.hpp"
#include "actors/operation/database_reading.hpp"
#include "actors/operation/process_reading.hpp"
#include "actors/system/work_pool.hpp"
#include "net/kafka/complaints.hpp"

namespace jobraker::operation {
namespace {

/// So long a scrape waits for PostgreSQL at most.
constexpr std::chrono::milliseconds rows_wait{1500};
/// And so long for its own threads, those for PostgreSQL included.
constexpr std::chrono::milliseconds pools_wait{3000};

EventReading read_events(const events::EventServices& events) {
  EventReading out;
  out.leading = events.outbox.leading;
  out.told = events.outbox.told;
  out.in_flight = events.outbox.in_flight;
  if (events.kafka)
    out.kafka_complaints = net::kafka::complaints();
  for (const auto& listener : events.listeners) {
    const auto& figures = *listener->figures;
    auto& one = out.consumers.emplace_back();
    one.name = listener->consumer.group;
    one.handled = figures.handled;
    one.repeated = figures.repeated;
    one.failed_attempts = figures.failures;
    one.dead = figures.dead;
    one.waiting = figures.waiting;
    if (listener->lag)
      for (const auto& lag : listener->lag())
        one.lag.push_back({std::string{name_of(lag.topic)}, lag.events});
  }
  return out;
}

void add_rows(Families& families, const std::optional<RowReading>& rows) {
  if (!rows)
    return;
  add_families(families, rows->outbox);
  add_dead_letters(families, rows->dead_letters);
  add_applications(families, rows->applications);
  Family::gauge(families, "jobraker_applications_stale",
                "Applications under way of which nothing was heard for too long.")
    .add(rows->stale_submissions);
  add_stuck(families, rows->stuck);
  add_schedules(families, rows->schedules);
  add_families(families, rows->budgets);
}

}  // namespace

Metrics::Metrics(Services& services, Dependencies& dependencies, std::string version)
    : services_(services), dependencies_(dependencies), version_(std::move(version)),
      rows_(services), actors_(services.system.registry()) {}

std::vector<NamedPool> Metrics::pools() const {
  std::vector<NamedPool> out{{"main", &services_.databases}};
  if (services_.gateway)
    out.push_back({"llm_log", &services_.gateway->log_databases});
  return out;
}

task<std::string> Metrics::scrape(Deadline deadline) {
  const auto now = Context::Clock::now();
  const auto look = co_await rows_.read(std::min(deadline, now + rows_wait));
  if (look.answered)
    dependencies_.saw("postgresql", *look.answered);
  dependencies_.saw_models();
  auto pools_now = co_await read_pools(services_.io, pools(), now + pools_wait);
  Families families;
  Family::gauge(families, "jobraker_build_info", "Always 1; the label says what runs.")
    .add(true, {{"version", version_}});
  add_families(families, dependencies_.list());
  for (const auto& source : sources_)
    source(families);
  if (services_.events)
    add_families(families, read_events(*services_.events));
  add_families(families, pools_now);
  add_rows(families, look.rows);
  // Many actors, and thousands of lines, take milliseconds.
  auto text = co_await services_.work.run<std::string>([this, families]() -> Result<std::string> {
    auto all = families;
    actors_.add_to(all);
    add_families(all, llm::call_figures().sums());
    add_families(all, work_figures().sums());
    add_families(all, read_process());
    return to_text(all);
  });
  co_return text ? std::move(*text) : to_text(families);
}

}  // namespace jobraker::operation
