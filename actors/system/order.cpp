#include "actors/system/order.hpp"

#include <utility>

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <spdlog/spdlog.h>

#include "actors/system/observed.hpp"

// How actors end.
namespace jobraker {

void detail::log_crash(const std::string& path, const std::string& what) {
  spdlog::error("event=actor.exception path={} what=\"{}\"", path, what);
}

std::string& detail::crash_text() noexcept {
  static thread_local std::string text;
  return text;
}

bool detail::is_crash(const caf::error& reason) noexcept {
  return reason && reason != caf::exit_reason::normal &&
         reason != caf::exit_reason::user_shutdown && reason != caf::exit_reason::unreachable &&
         reason != ActorEnd::restart;
}

std::string detail::reason_text(caf::actor_system& system, const caf::error& reason) {
  auto& text = crash_text();
  if (!text.empty() && is_crash(reason))
    return std::exchange(text, {});
  if (reason == ActorEnd::restart)
    return "restarted by an operator";
  // The server's own end is one, too, but then nobody looks any more.
  if (reason == caf::exit_reason::user_shutdown)
    return "stopped by an operator";
  return reason ? system.render(reason) : std::string{"done"};
}

caf::error make_error(ActorEnd end) {
  return {static_cast<std::uint8_t>(end), caf::atom("actorend"), caf::message{}};
}

}  // namespace jobraker
