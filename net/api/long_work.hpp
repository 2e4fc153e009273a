#pragma once

#include "messages/handles.hpp"
#include "net/http/message.hpp"

namespace jobraker::net {

/// For the ask that begins long work: what the caller prefers to wait for is the work, so beginning
/// it has the 30 s of any other request.
Context to_begin(const Request& request);

/// Answers a request that began long work: waits as long as the caller prefers, then gives the
/// result, the problem, or 202 with the task's address. The work goes on either way.
task<Response> finish_long_work(const Actors& actors, Request& request, Result<TaskView> begun);

}  // namespace jobraker::net
