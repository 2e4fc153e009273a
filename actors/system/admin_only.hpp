#pragma once

#include "messages/context.hpp"

namespace jobraker {

/// Errc::forbidden unless the work is asked for by an administrator. Routes say so already; an
/// actor does not rely on who may reach it.
inline Done admin_only(const Context& context) {
  if (context.principal.role == Role::admin)
    return {};
  return fail(Errc::forbidden, "only administrators may do this");
}

}  // namespace jobraker
