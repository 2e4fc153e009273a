#pragma once

#include <deque>
#include <memory>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>

#include "storage/database.hpp"
#include "storage/pq/connection.hpp"
#include "storage/pq/statement.hpp"

namespace jobraker::storage::pq {

/// A connection held by one transaction.
struct Lease {
  Connection* connection = nullptr;
  std::uint64_t epoch = 0;
  bool retryable = false;  ///< a statement failed in a way that makes the whole worth repeating
  std::optional<Error> failed{};  ///< the first failure since BEGIN or the savepoint
  bool ended = false;             ///< COMMIT or ROLLBACK has been sent
  bool committed = false;         ///< COMMIT went out with the last statement and was carried out
  bool tried = false;             ///< COMMIT went out: it may have been carried out
  int savepoints = 0;             ///< open ones
  bool tells = false;             ///< something was put into the outbox

  /// False when the connection has broken since.
  bool alive() const { return connection->up() && connection->epoch() == epoch; }
};

/// The connections of one io thread and what waits for them.
class Pool : public std::enable_shared_from_this<Pool> {
public:
  Pool(IoContext& io, Settings settings);

  /// Starts connecting. Apart from the constructor because it needs shared_from_this().
  void start();
  void close();

  /// Runs a statement on whichever connection has room, or on the lease's own.
  task<Result<Rows>> run(StatementPtr statement, Lease* lease = nullptr);
  /// Runs a transaction's last statement and COMMIT in one round trip; the answer is there once
  /// both are carried out.
  task<Result<Rows>> run_last(StatementPtr statement, Lease& lease);
  /// Ends a transaction whose last statement did not. Errors: internal when it was rolled back
  /// instead, unavailable when it was not sent (then release() rolls back) or not answered, so that
  /// the outcome is not known.
  task<Done> commit(Lease& lease);
  /// Waits for a connection of one's own and sends BEGIN.
  task<Result<std::unique_ptr<Lease>>> lease(Deadline deadline);
  /// Gives it back, after a ROLLBACK when the transaction has not ended.
  void release(Lease& lease);

  DatabaseStats stats() const;
  const Settings& settings() const noexcept { return settings_; }

  /// While one lives, finished statements are collected; they go on when the outermost ends,
  /// because what goes on may do anything, also to the connection whose event this is.
  class Event {
  public:
    explicit Event(Pool& pool) : pool_(pool.shared_from_this()), outer_(pool.in_event_) {
      pool.in_event_ = true;
    }
    ~Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

  private:
    std::shared_ptr<Pool> pool_;
    bool outer_;
  };
  Event event() { return Event{*this}; }

  // What connections say.
  void connection_up();
  void connection_down(std::string_view why, bool was_up);
  void has_room();
  void finish(const StatementPtr& statement, Result<Rows> result);
  void again(StatementPtr statement);

private:
  bool any_up() const;
  /// Whether a statement may be tried now; one that does not queue, because it has a connection
  /// already, is not held against the length of the queue.
  Done admit(Statement& statement, bool queues = true) const;
  Connection* least_loaded(bool for_lease) const;
  task<Result<Rows>> wait(StatementPtr statement, std::deque<StatementPtr>& queue);
  template <class Send>
  task<Result<Rows>> send_and_wait(StatementPtr statement, Send send);
  void schedule_pump();
  void pump();
  void grant_leases();
  void send_waiting();
  void schedule_tick();
  void tick();
  void expire(std::deque<StatementPtr>& queue, Deadline now);
  void resume_finished();

  IoExecutor executor_;
  Settings settings_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::deque<StatementPtr> waiting_;
  std::deque<StatementPtr> lease_waiting_;
  std::deque<StatementPtr>
    sent_;  ///< in flight, to watch deadlines; finished ones go at the next tick
  std::vector<std::pair<std::unique_ptr<Waiter>, Result<Rows>>> finished_;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, IoExecutor>
    timer_;
  bool in_event_ = false;
  bool ticking_ = false;
  bool pump_scheduled_ = false;
  bool closed_ = false;
  bool reported_down_ = false;
  std::size_t leases_ = 0;
  Deadline down_since_;
  DatabaseStats counters_{};
};

}  // namespace jobraker::storage::pq
