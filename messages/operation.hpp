#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/time.hpp"

/// What operators and orchestrators ask of the process as a whole.
namespace jobraker {

/// How something the server depends on stands.
enum class DependencyState : std::uint8_t {
  up,
  down,
  unknown,  ///< nobody has needed it yet
};
template <>
inline constexpr std::string_view enum_names<DependencyState>[] = {"up", "down", "unknown"};

/// One thing the server depends on.
struct Dependency {
  static constexpr auto type_name = "Dependency";
  std::string name{};
  DependencyState state = DependencyState::unknown;
  bool required = false;  ///< without it the server is not ready
  Time since{};           ///< when it came into this state
  static constexpr auto fields() {
    return std::tuple{field("name", &Dependency::name), field("state", &Dependency::state),
                      field("required", &Dependency::required), field("since", &Dependency::since)};
  }
};

/// What the server may be sent.
enum class ServiceState : std::uint8_t {
  ready,
  not_ready,  ///< something it cannot do without is away
  draining,   ///< it ends; send requests elsewhere
};
template <>
inline constexpr std::string_view enum_names<ServiceState>[] = {"ready", "not_ready", "draining"};

/// The answer of `GET /readyz`.
struct ReadinessView {
  static constexpr auto type_name = "ReadinessView";
  ServiceState status = ServiceState::ready;
  std::vector<Dependency> dependencies{};
  static constexpr auto fields() {
    return std::tuple{field("status", &ReadinessView::status),
                      field("dependencies", &ReadinessView::dependencies)};
  }
};

/// How much is logged.
enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, critical, off };
template <>
inline constexpr std::string_view enum_names<LogLevel>[] = {"trace", "debug",    "info", "warn",
                                                            "error", "critical", "off"};

/// `GET` and `PUT /admin/log-level`: from now on, until the process ends.
struct LogLevelView {
  static constexpr auto type_name = "LogLevelView";
  LogLevel level = LogLevel::info;
  static constexpr auto fields() { return std::tuple{field("level", &LogLevelView::level)}; }
};

}  // namespace jobraker
