#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "actors/inspection/lookout.hpp"
#include "actors/inspection/scan.hpp"
#include "actors/system/work_pool.hpp"

namespace jobraker::inspection {

/// What the HTTP server has done since its start.
struct HttpFigures {
  std::uint64_t requests = 0;
  std::uint64_t running = 0;
  std::uint64_t errors_5xx = 0;
};

/// Everything that inspection consists of. Built by the server's wiring; outlives its actors, ends
/// before the registry does.
struct Inspection {
  explicit Inspection(const ActorRegistry& tree) : registry(tree) {}

  const ActorRegistry& registry;
  Scanner scanner{registry};
  /// Of its own, so that it answers while the other pools are busy or stuck.
  WorkPool pool{1, 64};
  Lookout lookout{registry, scanner};
  /// Empty until the server listens.
  std::function<HttpFigures()> http{};
  const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

}  // namespace jobraker::inspection
