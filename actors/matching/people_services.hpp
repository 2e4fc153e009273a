#pragma once

#include <functional>
#include <optional>

#include "messages/people_handles.hpp"
#include "messages/result.hpp"

namespace jobraker {

/// How matching finds people, beside `Services`.
struct PeopleServices {
  std::function<Result<PeopleActor>()> people{};
  /// The user's actor if it is alive: waking one only to tell it something is not worth it.
  std::function<std::optional<UserActor>(const UserId&)> awake{};
};

}  // namespace jobraker
