#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/time.hpp"

/// What is not as it should be.
namespace jobraker {

enum class AlarmKind : std::uint8_t { long_mailbox, long_handler, restart_storm, stale_workflow };
template <>
inline constexpr std::string_view enum_names<AlarmKind>[] = {"long_mailbox", "long_handler",
                                                             "restart_storm", "stale_workflow"};
enum class AlarmLevel : std::uint8_t { warning, critical };
template <>
inline constexpr std::string_view enum_names<AlarmLevel>[] = {"warning", "critical"};

/// Something about an actor that is not as it should be.
struct Alarm {
  static constexpr auto type_name = "Alarm";
  std::string id{};
  AlarmKind kind = AlarmKind::long_mailbox;
  std::string path{};
  std::string detail{};
  Time since{};
  AlarmLevel level = AlarmLevel::warning;
  bool operator==(const Alarm&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("id", &Alarm::id),       field("kind", &Alarm::kind),
                      field("path", &Alarm::path),   field("detail", &Alarm::detail),
                      field("since", &Alarm::since), field("level", &Alarm::level)};
  }
};

struct GetAlarms {
  static constexpr auto type_name = "GetAlarms";
  static constexpr auto fields() { return std::tuple{}; }
};

struct AlarmList {
  static constexpr auto type_name = "AlarmList";
  std::vector<Alarm> items{};
  static constexpr auto fields() { return std::tuple{field("items", &AlarmList::items)}; }
};

}  // namespace jobraker
