#pragma once

#include <optional>
#include <string>

#include "messages/stuck.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// INTERNAL: work that goes on by itself, as its rows say.
struct WorkUnderWay {
  std::string path{};  ///< of its actor, alive or not
  Time moved_at{};     ///< when it made its last step, or came into its state
  /// An application, which is stuck by the rules of its own; nothing: the kit of one.
  std::optional<StuckReason> stuck{};
};

}  // namespace jobraker
