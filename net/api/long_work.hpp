#pragma once

#include "messages/handles.hpp"
#include "net/http/message.hpp"

namespace jobraker::net {

/// Answers a request that began long work: waits as long as the caller prefers, then gives the
/// result, the problem, or 202 with the task's address. The work goes on either way.
task<Response> finish_long_work(const Actors& actors, Request& request, Result<TaskView> begun);

}  // namespace jobraker::net
