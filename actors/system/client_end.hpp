#pragma once

#include <memory>
#include <utility>

#include <caf/error.hpp>

#include "actors/system/order.hpp"
#include "messages/session.hpp"

namespace jobraker {

/// A client learns at once that the actor of its session has ended: the connection is closed with
/// 1011 (RFC 6455 §7.4.1) after a crash, else with 1012, so that it comes back. Without this it
/// would talk to nobody. An ending that was there before counts.
template <class Self>
void close_at_the_end(Self* self, std::shared_ptr<ClientLink> link) {
  self->attach_functor([link = std::move(link)](const caf::error& reason) {
    if (detail::is_crash(reason))
      link->close(1011, "internal error");
    else
      link->close(1012, "the session was ended");
  });
}

}  // namespace jobraker
