#include "net/http/route_traffic.hpp"

#include <algorithm>
#include <bit>

namespace jobraker::net {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// One writer, so no read-modify-write is needed.
void grow(std::atomic<std::uint64_t>& count, std::uint64_t by) noexcept {
  count.store(count.load(relaxed) + by, relaxed);
}

}  // namespace

RouteIndex::RouteIndex(const Router& router)
    : routes_(router.routes()), slots_(std::bit_ceil(2 * routes_.size() + 1)) {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    auto at = place(routes_[i]);
    while (slots_[at].route != nullptr)
      at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {routes_[i], i};
  }
}

std::size_t RouteIndex::place(const Route* route) const noexcept {
  // Fibonacci hashing (Knuth, TAOCP 3, §6.4); the lowest bits of an address say nothing.
  const auto mixed = (reinterpret_cast<std::uintptr_t>(route) >> 4) * 0x9E3779B97F4A7C15ULL;
  return static_cast<std::size_t>(mixed >> 32) & (slots_.size() - 1);
}

std::size_t RouteIndex::of(const Route* route) const noexcept {
  if (route == nullptr)
    return size();
  for (auto at = place(route);; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].route == route)
      return slots_[at].index;
    if (slots_[at].route == nullptr)
      return size();
  }
}

RouteTraffic::RouteTraffic(std::size_t routes) : lines_(std::make_unique<Line[]>(routes + 1)) {}

void RouteTraffic::count(std::size_t route, int status, std::chrono::nanoseconds took) noexcept {
  auto& line = lines_[route];
  grow(line.answered[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))], 1);
  const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
  std::size_t bucket = 0;
  while (bucket < answer_bounds_ms.size() &&
         nanoseconds > std::uint64_t{answer_bounds_ms[bucket]} * 1'000'000)
    ++bucket;
  grow(line.times[bucket], 1);
  grow(line.nanoseconds, nanoseconds);
}

void RouteTraffic::add_to(std::size_t route, RouteFigures& figures) const noexcept {
  const auto& line = lines_[route];
  for (std::size_t i = 0; i < line.answered.size(); ++i)
    figures.answered[i] += line.answered[i].load(relaxed);
  for (std::size_t i = 0; i < line.times.size(); ++i)
    figures.times[i] += line.times[i].load(relaxed);
  figures.seconds += static_cast<double>(line.nanoseconds.load(relaxed)) / 1e9;
}

}  // namespace jobraker::net
