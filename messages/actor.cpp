#include "messages/actor.hpp"

#include <caf/make_message.hpp>
#include <caf/sec.hpp>

namespace jobraker {
namespace {

const caf::atom_value category = caf::atom("jobraker");

}  // namespace

caf::error to_caf(const Error& error) {
  return caf::error{static_cast<std::uint8_t>(static_cast<std::uint8_t>(error.code) + 1), category,
                    caf::make_message(error)};
}

Error from_caf(const caf::error& error) {
  if (error.category() == category) {
    if (error.context().match_elements<Error>())
      return error.context().get_as<Error>(0);
    return Error{static_cast<Errc>(error.code() - 1), "", {}, {}};
  }
  if (error == caf::sec::request_timeout)
    return Error{Errc::timed_out, "no answer before the deadline", {}, {}};
  if (receiver_was_gone(error))
    return Error{
      Errc::unavailable, "this part of the server is restarting", {}, std::chrono::seconds{1}};
  return Error{Errc::internal, "an internal error occurred", {}, {}};
}

bool receiver_was_gone(const caf::error& error) { return error == caf::sec::request_receiver_down; }

}  // namespace jobraker
