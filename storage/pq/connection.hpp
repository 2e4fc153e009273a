#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <unordered_map>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <libpq-fe.h>

#include "storage/pq/statement.hpp"

namespace jobraker::storage::pq {

struct ConnectOptions;
class Pool;

/// One connection in pipeline mode. It tells its pool when it is up, down or has answers; the pool
/// outlives it. Nothing here blocks.
class Connection {
public:
  Connection(Pool& pool, const IoExecutor& executor);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Statements on their way at most, and below which number more are taken: topping up after every
  /// answer would send tiny packets.
  static constexpr std::size_t depth_max = 64;
  static constexpr std::size_t refill_below = 32;

  bool up() const noexcept { return state_ == State::up; }
  std::size_t in_flight() const noexcept { return in_flight_; }
  /// Changes whenever the connection opens or closes, so that a lease of an earlier life is told
  /// apart.
  std::uint64_t epoch() const noexcept { return epoch_; }

  /// Sends a statement. Reads share a sync until flush(); everything else has its own, so that an
  /// error stays with the statement that made it. False when the connection broke.
  bool send(const StatementPtr& statement);
  /// Sends BEGIN without a sync: it travels with the transaction's first statement.
  bool begin();
  /// Sends a transaction's last statement and COMMIT under one sync: after an error of the
  /// statement the server leaves COMMIT out.
  bool send_last(const StatementPtr& statement, const StatementPtr& commit);
  /// Ends the group of reads and writes what is buffered.
  void flush();
  /// Opens, times out, watches for a server that has stopped answering.
  void tick(Deadline now);
  /// Ends the connection; statements in flight answer Errc::unavailable.
  void close();

  bool leased = false;  ///< to a transaction; the pool sets it

private:
  enum class State { down, connecting, up };
  enum class Step : std::uint8_t { prepare, execute, sync };
  /// What the server owes us next.
  struct Op {
    Step step;
    StatementPtr statement{};  ///< of a sync: the write it commits, if any
    bool seen = false;         ///< its result has come; NULL is next
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void open(Deadline now);
  void connect(const ConnectOptions& options);
  void wait_poll(asio::posix::descriptor_base::wait_type what);
  void poll();
  void opened();
  void broken(std::string_view why);
  void wait_readable();
  void wait_writable();
  bool execute(const StatementPtr& statement);
  bool sync(StatementPtr write);
  bool prepare(const StatementPtr& statement, std::string& name);
  void read_results();
  void read_results_and_break();
  void take(PGresult* result);
  void end_of(Op& op);
  void settle(const StatementPtr& statement);

  Pool& pool_;
  asio::posix::basic_stream_descriptor<IoExecutor> socket_;
  asio::ip::basic_resolver<asio::ip::tcp, IoExecutor> resolver_;
  PGconn* pg_ = nullptr;
  State state_ = State::down;
  std::uint64_t epoch_ = 0;
  std::deque<Op> ops_;
  std::size_t in_flight_ = 0;
  std::unordered_map<std::string, std::string, Hash, std::equal_to<>> prepared_;
  std::uint64_t names_ = 0;
  bool reads_open_ = false;
  bool writing_ = false;
  int failures_ = 0;
  Deadline retry_at_{};
  Deadline progress_at_{};  ///< when connecting began, or the server last answered
  std::minstd_rand jitter_;
};

}  // namespace jobraker::storage::pq
