#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"

/// What operators do to actors.
namespace jobraker {

/// What an operator may do to an actor.
enum class ActorAction : std::uint8_t { stop, restart, drain, pause, resume, trace };
template <>
inline constexpr std::string_view enum_names<ActorAction>[] = {"stop",  "restart", "drain",
                                                               "pause", "resume",  "trace"};

/// The body of `POST /admin/actors/{path...}/{action}`.
struct ConfirmAction {
  static constexpr auto type_name = "ConfirmAction";
  std::string confirm{};  ///< the path again
  bool subtree = false;   ///< all below it, too
  std::optional<std::string> reason{};
  std::int64_t messages = 100;  ///< of `trace`: how many are logged
  std::int64_t seconds = 300;   ///< of `pause`: after which it ends by itself
  static constexpr auto fields() {
    return std::tuple{
      field("confirm", &ConfirmAction::confirm, {.max_length = 400}),
      optional_field("subtree", &ConfirmAction::subtree),
      field("reason", &ConfirmAction::reason, {.max_length = 500}),
      optional_field("messages", &ConfirmAction::messages, {.min = 1, .max = 10000}),
      optional_field("seconds", &ConfirmAction::seconds, {.min = 1, .max = 3600})};
  }
};

/// An operator wants something done to an actor.
struct ActOnActor {
  static constexpr auto type_name = "ActOnActor";
  std::string path{};
  ActorAction action = ActorAction::stop;
  ConfirmAction confirmed{};
  std::string remote{};  ///< address of the operator
  static constexpr auto fields() { return std::tuple{}; }
};

/// What was done: to whom (the first hundred), and to how many.
struct ActionDone {
  static constexpr auto type_name = "ActionDone";
  ActorAction action = ActorAction::stop;
  std::vector<std::string> paths{};
  std::int64_t count = 0;
  static constexpr auto fields() {
    return std::tuple{field("action", &ActionDone::action), field("paths", &ActionDone::paths),
                      field("count", &ActionDone::count)};
  }
};

}  // namespace jobraker
