#pragma once

#include <string>
#include <string_view>

namespace jobraker::ctl {

/// How the program ends; README.md and the manual page promise these.
enum Exit : int {
  exit_ok = 0,
  exit_refused = 1,      ///< the server says no
  exit_usage = 2,        ///< the command line, or the answer to a question, is wrong
  exit_unreachable = 3,  ///< no server, no answer in time, or none that Jobraker would give
  exit_forbidden = 4,    ///< not signed in, or not allowed
  exit_signal = 130,     ///< Ctrl-C
};

/// What an answer that is no success means to the person: one clean line, and the exit code.
struct Refusal {
  std::string line{};
  int exit = exit_unreachable;
};

/// Reads a problem document (RFC 9457): `not found: there is no actor /x (trace 4bf9…)`; of values
/// that break a rule, which and why. An answer that is no problem document comes from something
/// other than Jobraker, whatever its status.
Refusal refusal_of(int status, std::string_view content_type, std::string_view body);

}  // namespace jobraker::ctl
