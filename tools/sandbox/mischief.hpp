#pragma once

#include <vector>

#include "tools/sandbox/app.hpp"

/// What faults make of calls and answers, whichever service they are for.
namespace jobraker::sandbox {

/// What the services themselves have to do wrong.
Mischief mischief_of(const std::vector<Fault>& struck);

/// What a `status` fault answers when it gives no body: an error in the service's own words.
net::Response fault_response(const net::Request& request, const Fault& fault);

/// Faults that strike when the call has had its effect; `lose` when nothing is to be answered.
task<void> obey_late(const net::Request& request, const std::vector<Fault>& struck, Answer& answer,
                     bool& lose);

/// The first half of a body, then the end of the connection.
net::Response cut_off(net::Response response);
/// The connection ends where the body should be.
net::Response without_body(net::Response response);
/// A whole answer whose body ends too early.
net::Response end_too_early(net::Response response);

}  // namespace jobraker::sandbox
