#include "actors/operation/core/database_families.hpp"

namespace jobraker::operation {

void add_families(Families& families, const std::vector<PoolReading>& pools) {
  const auto each = [&](Family family, std::uint64_t PoolReading::*figure) {
    for (const auto& pool : pools)
      family.add(pool.*figure, {{"pool", pool.name}});
  };
  auto connections = Family::gauge(families, "jobraker_postgresql_connections",
                                   "Connections, by whether they are open.");
  for (const auto& pool : pools)
    connections.add(pool.up, {{"pool", pool.name}, {"state", "up"}})
      .add(pool.configured > pool.up ? pool.configured - pool.up : 0,
           {{"pool", pool.name}, {"state", "down"}});
  each(Family::gauge(families, "jobraker_postgresql_statements_waiting",
                     "Statements and transactions without a connection yet."),
       &PoolReading::waiting);
  each(Family::gauge(families, "jobraker_postgresql_statements_in_flight",
                     "Statements sent and not answered."),
       &PoolReading::in_flight);
  each(Family::counter(families, "jobraker_postgresql_statements_total", "Statements answered."),
       &PoolReading::statements);
  each(Family::counter(families, "jobraker_postgresql_failures_total",
                       "Of those, answered with an error."),
       &PoolReading::failures);
  each(Family::counter(families, "jobraker_postgresql_reconnects_total",
                       "Connections lost and opened again."),
       &PoolReading::reconnects);
}

}  // namespace jobraker::operation
