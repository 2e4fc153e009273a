#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/http/router.hpp"

namespace jobraker::net {

/// Bounds of the histogram of answering times, in milliseconds; its last bucket has none.
inline constexpr std::array<std::uint32_t, 13> answer_bounds_ms{
  1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 30000};

/// What was answered on one route, all threads together.
struct RouteFigures {
  std::string method{};   ///< `GET`; empty for requests that no route matched
  std::string pattern{};  ///< `/jobs/{id}`; empty for requests that no route matched
  std::array<std::uint64_t, 6> answered{};                         ///< by status class: [2] is 2xx
  std::array<std::uint64_t, answer_bounds_ms.size() + 1> times{};  ///< up to the bound each
  double seconds = 0;                                              ///< of all of them
};

/// Finds a route's number by its address, in a few nanoseconds.
class RouteIndex {
public:
  explicit RouteIndex(const Router& router);

  /// `size()` for a null pointer or a route of another router.
  std::size_t of(const Route* route) const noexcept;
  std::size_t size() const noexcept { return routes_.size(); }
  const Route& at(std::size_t index) const { return *routes_[index]; }

private:
  struct Slot {
    const Route* route = nullptr;
    std::size_t index = 0;
  };
  std::size_t place(const Route* route) const noexcept;

  std::vector<const Route*> routes_;
  std::vector<Slot> slots_;  ///< a power of two, at most half of them taken
};

/// What one thread has answered. Written by that thread only, with plain loads and stores; read by
/// anybody at any time. The time of a request runs from its header to when its answer is ready to
/// be written, so that a streamed body does not count.
class RouteTraffic {
public:
  explicit RouteTraffic(std::size_t routes);

  void count(std::size_t route, int status, std::chrono::nanoseconds took) noexcept;
  /// Adds what was counted for a route.
  void add_to(std::size_t route, RouteFigures& figures) const noexcept;

private:
  using Count = std::atomic<std::uint64_t>;
  struct Line {
    std::array<Count, 6> answered{};
    std::array<Count, answer_bounds_ms.size() + 1> times{};
    Count nanoseconds{0};
  };
  std::unique_ptr<Line[]> lines_;
};

}  // namespace jobraker::net
