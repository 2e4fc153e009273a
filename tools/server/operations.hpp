#pragma once

#include <functional>
#include <memory>

#include "actors/inspection/inspection.hpp"
#include "actors/operation/metrics.hpp"
#include "actors/operation/readiness.hpp"
#include "net/api/routes.hpp"
#include "tools/server/machine.hpp"

namespace jobraker::net {
class Server;
}

namespace jobraker::server {

/// What operators see: the console, metrics, logs, readiness.
class Operations {
public:
  explicit Operations(Machine& machine);

  /// `http`: the running server, null until it listens.
  void offer(const Actors& actors, net::Capabilities& capabilities, net::Operation& operation,
             std::function<const net::Server*()> http);
  /// Whoever asks for readiness regularly learns that the server ends.
  task<bool> leave(Context::Clock::time_point deadline);
  void close();
  /// After the actor system's end, before its registry's.
  void shut();

private:
  net::ConsoleSettings console(const Actors& actors);

  Machine& machine_;
  std::unique_ptr<inspection::Inspection> inspection_;
  Supervised<InspectorActor> inspector_;
  Supervised<OperatorDeskActor> desk_;
  operation::Dependencies dependencies_;
  operation::Metrics metrics_;
  operation::Readiness readiness_;
};

}  // namespace jobraker::server
