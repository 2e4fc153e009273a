#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include "messages/context.hpp"
#include "messages/fields.hpp"
#include "messages/result.hpp"

namespace jobraker {

/// An error as CAF carries it, and back. A failure of CAF's own becomes the nearest Errc.
caf::error to_caf(const Error& error);
Error from_caf(const caf::error& error);

/// True when the message was never looked at because its receiver had already ended: asking the
/// receiver's successor is safe.
bool receiver_was_gone(const caf::error& error);

/// `return reply(result);` in a handler: the value, or the error.
template <class T>
caf::result<T> reply(Result<T> result) {
  if (result)
    return std::move(*result);
  return to_caf(result.error());
}

}  // namespace jobraker

// Messages stay inside one process, so they need no wire form of CAF's; JSON is theirs.
namespace caf {
template <jobraker::Described T>
struct allowed_unsafe_message_type<T> : std::true_type {};
}  // namespace caf

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(jobraker::Context)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(jobraker::Error)
