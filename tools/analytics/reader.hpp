#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "messages/task.hpp"
#include "net/kafka/settings.hpp"
#include "storage/database.hpp"
#include "tools/analytics/trade.hpp"

namespace jobraker::analytics {

/// How the topics are read.
struct ReaderOptions {
  net::kafka::Settings kafka{};
  std::string group{};
  bool once = false;  ///< only until the ends of the topics
  /// With `once`: how long Kafka may give no partition, or no record where some are left.
  std::chrono::milliseconds patience{60000};
  std::int64_t remember_days = 45;  ///< for how long it is known which events were counted
};

/// What was done since the start.
struct ReaderFigures {
  std::int64_t counted = 0;
  std::int64_t repeated = 0;
  std::int64_t ignored = 0;
  std::int64_t unreadable = 0;
};

/// Reads the topics and counts their events: what is counted is committed in PostgreSQL first and
/// in Kafka afterwards, so that a crash between leads to repetitions, which are not counted.
/// Everything happens on the one thread that runs `io`.
class Reader {
public:
  /// All of them must outlive it.
  Reader(IoContext& io, storage::Database& database, const Trades& trades, ReaderOptions options);
  ~Reader();

  /// Until stop(), or the ends of the topics with `once`. An outage of Kafka or PostgreSQL is
  /// waited out. Errors: invalid (Kafka settings), upstream_timed_out (`once`, and Kafka gives
  /// nothing), others are PostgreSQL's.
  task<Result<ReaderFigures>> run();

  /// Ends it after the batch that is being counted.
  void stop();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobraker::analytics
