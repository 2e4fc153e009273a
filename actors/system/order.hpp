#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>

namespace jobraker {

/// Why an actor ended that did not end by itself.
enum class ActorEnd : std::uint8_t {
  restart = 1,  ///< an operator wants a new one in its place, now
};
caf::error make_error(ActorEnd end);

namespace detail {
/// Whether an actor that ended for this reason ended by its own fault.
bool is_crash(const caf::error& reason) noexcept;
}  // namespace detail

/// What an operator asks of an actor. Its base obeys; its behaviour never sees it.
struct ActorOrder {
  enum class What : std::uint8_t {
    pause,    ///< take no new message; what is under way goes on
    resume,   ///< take messages again
    drain,    ///< end when the mailbox is empty and nothing is under way; ends a pause
    watch,    ///< log the next `messages` messages
    summary,  ///< tell the state in short
  };
  What what = What::summary;
  std::uint32_t messages = 0;
  /// Called once, on the actor's thread, with the state as JSON; for `summary`.
  std::shared_ptr<std::function<void(std::string)>> answer{};
  /// For `pause`: which one it is. For `resume`: the only one that is to end; 0: whichever it is.
  std::uint32_t pause = 0;
};

}  // namespace jobraker

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(jobraker::ActorOrder)
