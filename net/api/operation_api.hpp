#pragma once

#include <functional>
#include <string>

#include "messages/operation.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// What the routes for operators ask for. Whatever is left out is answered 503.
struct Operation {
  using Deadline = Context::Clock::time_point;
  /// How the server and what it depends on stand.
  std::function<task<ReadinessView>(Deadline)> readiness{};
  /// Prometheus' text; what is not to be had until the deadline is left out.
  std::function<task<std::string>(Deadline)> metrics{};
  std::function<LogLevel()> log_level{};
  /// Changes it for the whole process; who did is in the log and the audit log.
  std::function<task<void>(Context, LogLevel)> set_log_level{};
  /// The settings in force as JSON, without secrets.
  std::function<std::string()> settings{};
};

/// `/healthz`, `/readyz`, `/metrics` for everybody, `/api/v1/admin/log-level` and
/// `config` for administrators.
void add_operation_routes(Router& router, Operation operation);

}  // namespace jobraker::net
