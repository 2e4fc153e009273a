#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace jobraker::storage {

/// How to reach PostgreSQL and how much may be asked of it.
struct Settings {
  std::string
    url{};  ///< libpq URI or keyword string (PostgreSQL manual §34.1.1); may hold a password
  std::size_t connections = 3;  ///< per io thread; each is pipelined, so two to four suffice
  std::chrono::milliseconds connect_timeout{5000};
  /// Longest a statement may run or wait: enforced here, and by the server as `statement_timeout`.
  std::chrono::milliseconds statement_timeout{15000};
  /// Statements (and transactions) that may wait for a connection; one more is Errc::unavailable.
  std::size_t max_waiting = 10000;
  /// While no connection is up, how long a statement waits for one before it is Errc::unavailable.
  std::chrono::milliseconds away_wait{2000};
  /// Called, on the io thread, after a commit that has put something into the outbox.
  std::function<void()> on_told{};
};

}  // namespace jobraker::storage
