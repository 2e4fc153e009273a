#include "actors/events/core/failure.hpp"

#include <algorithm>

namespace jobraker::events {

AfterFailure after_failure(const Error& error, std::int64_t attempt, std::int64_t attempts_max) {
  switch (error.code) {
  case Errc::unavailable:
  case Errc::timed_out:
  case Errc::rate_limited:
    return AfterFailure::outage;
  case Errc::malformed:
  case Errc::invalid:
    return AfterFailure::give_up;
  default:
    return attempt >= attempts_max ? AfterFailure::give_up : AfterFailure::retry;
  }
}

bool never_storable(const Error& error) {
  return error.code == Errc::malformed || error.code == Errc::invalid;
}

std::chrono::milliseconds wait_before(std::int64_t failures, double chance) {
  constexpr std::int64_t first_ms = 200, last_ms = 30'000;
  auto doublings = std::clamp<std::int64_t>(failures - 1, 0, 10);
  auto most = std::min(last_ms, first_ms << doublings);
  return std::chrono::milliseconds{
    most / 2 + static_cast<std::int64_t>(static_cast<double>(most / 2) * chance)};
}

}  // namespace jobraker::events
