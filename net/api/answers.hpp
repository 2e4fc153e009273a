#pragma once

#include "messages/codec.hpp"
#include "messages/tasks.hpp"
#include "messages/user_commands.hpp"
#include "net/http/message.hpp"
#include "net/http/problem.hpp"

/// From replies to responses.
namespace jobraker::net {

/// 200 with the value as JSON, or the problem.
template <class T>
Response answer(const Result<T>& result, const Request& request, int status = 200) {
  if (!result)
    return problem(result.error(), request.context);
  return Response::json(status, json::encode(*result));
}

/// A rendered document with its ETag; 304 when the caller has it already.
Response answer_rendered(const Result<Rendered>& result, const Request& request);

/// A task as `/tasks/{id}` shows it: result and error are JSON, not strings.
std::string task_json(const TaskView& task);

/// How long the caller wants to wait for long work: `Prefer: wait=N` (RFC 7240), 30 s when absent,
/// none with `respond-async`.
std::chrono::seconds preferred_wait(const Request& request);

/// The end of long work: its result, its error as a problem, or 202 with the task's address.
Response answer_task(const TaskView& task, const Request& request);

}  // namespace jobraker::net
