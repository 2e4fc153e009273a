#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "messages/handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// What the API needs beside the actors.
struct ApiSettings {
  std::uint64_t document_bytes_max = 10'000'000;
  std::chrono::milliseconds request_timeout{30'000};
  double match_threshold = 60;  ///< `min_score` of GET matches when none is given
};

/// Is the part behind `/readyz` there? Names what is not.
using Readiness = std::function<task<Done>()>;

/// The whole HTTP surface: every path under /api/v1, and the health checks.
Router routes(const Actors& actors, const ApiSettings& settings, Readiness ready);

}  // namespace jobraker::net
