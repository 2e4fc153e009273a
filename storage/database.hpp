#pragma once

#include <cstdint>
#include <memory>

#include "storage/session.hpp"
#include "storage/settings.hpp"

namespace jobraker::storage {

/// What a Database is doing, for health and metrics.
struct DatabaseStats {
  std::size_t connections_up = 0;
  std::size_t connections = 0;   ///< configured
  std::size_t waiting = 0;       ///< statements and transactions without a connection yet
  std::size_t in_flight = 0;     ///< statements sent and not answered
  std::uint64_t statements = 0;  ///< answered since the start
  std::uint64_t failures = 0;    ///< of those, with an error
  std::uint64_t reconnects = 0;  ///< connections lost and opened again
};

/// Several pipelined PostgreSQL connections that live on one io thread. Everything happens on that
/// thread, so there are no locks; all members must be called on it. It must be destroyed before the
/// IoContext. Connections open by themselves and open again, with jittered back-off, when they
/// break.
class Database final : public Session {
public:
  Database(IoContext& io, Settings settings);
  ~Database() override;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  task<Result<Rows>> query(std::string_view sql, Params params = {},
                           Deadline deadline = Deadline::max()) override;

  void tell_after_commit() override;

  /// One round trip to the server; Errc::unavailable or timed_out when there is none to be had.
  task<Done> ping(Deadline deadline = Deadline::max());

  DatabaseStats stats() const;

  /// Ends all connections; what waits or is in flight answers Errc::unavailable, and so does what
  /// comes later.
  void close();

protected:
  task<Done> run_transaction(Body body, Deadline deadline) override;

private:
  std::shared_ptr<pq::Pool> pool_;
};

}  // namespace jobraker::storage
