#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "messages/fields.hpp"
#include "messages/inspection/rows.hpp"

/// The state of the node, and what a console wants to see of it.
namespace jobraker {

struct GetOverview {
  static constexpr auto type_name = "GetOverview";
  static constexpr auto fields() { return std::tuple{}; }
};

/// What a console says on its WebSocket: from now on it wants these rows, that often.
struct WatchActors {
  static constexpr auto type_name = "WatchActors";
  std::string type{};  ///< `watch`
  GetActors query{};
  std::int64_t interval_ms = 1000;
  static constexpr auto fields() {
    return std::tuple{
      field("type", &WatchActors::type, {.max_length = 20}),
      optional_field("query", &WatchActors::query),
      optional_field("interval_ms", &WatchActors::interval_ms, {.min = 250, .max = 10000})};
  }
};

}  // namespace jobraker
