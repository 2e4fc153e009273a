#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "messages/result.hpp"

namespace jobraker {

class ActorSystem;

/// The whole server, wired: storage, actors, HTTP. Nothing but wiring happens here.
class App {
public:
  /// Migrates the database, starts threads and actors, takes unfinished batches up again.
  /// Errc::unavailable when PostgreSQL cannot be reached.
  static Result<std::unique_ptr<App>> start(const Config& config);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Begins to accept requests; answers the port.
  Result<std::uint16_t> listen();

  /// No new work, running requests finish (bounded by server.drain_timeout_ms), everything ends.
  void stop();

  /// Where its actors live, for whoever puts some of their own beside them (tests/web). They must
  /// have ended before `stop`.
  ActorSystem& actors() noexcept;

private:
  struct Impl;
  explicit App(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Makes an admin account and answers its id. Errc::conflict when the address is registered
/// already.
Result<std::string> create_admin(const Config& config, const std::string& email,
                                 const std::string& password);

}  // namespace jobraker
