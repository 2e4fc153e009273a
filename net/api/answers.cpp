#include "net/api/answers.hpp"

#include <algorithm>
#include <charconv>

#include "net/http/etag.hpp"

namespace jobraker::net {
namespace {

/// The error a task ended with, as it was when the work failed.
Error error_of(const TaskView& task) {
  Error error{Errc::internal, "the work failed", {}, {}};
  auto document = json::Document::parse(task.error.value_or("{}"));
  if (!document)
    return error;
  auto code = document->root()["code"].string_or("");
  for (int i = 0; i <= static_cast<int>(Errc::internal); ++i)
    if (to_string(static_cast<Errc>(i)) == code)
      error.code = static_cast<Errc>(i);
  error.detail = document->root()["detail"].string_or(error.detail);
  return error;
}

}  // namespace

Response answer_rendered(const Result<Rendered>& result, const Request& request) {
  if (!result)
    return problem(result.error(), request.context);
  auto response = with_etag(request, Response::shared(200, "application/json", result->json),
                            etag_of(result->version));
  response.headers.set("cache-control", "private, no-cache");
  return response;
}

std::string task_json(const TaskView& task) {
  json::Writer w;
  w.begin_object()
    .member("id", std::string_view{to_string(task.id)})
    .member("kind", std::string_view{task.kind})
    .member("status", name_of(task.state))
    .member("stage", std::string_view{task.stage})
    .member("done", task.done)
    .member("total", task.total);
  w.key("result").raw(task.result.value_or("null"));
  w.key("error").raw(task.error.value_or("null"));
  w.end_object();
  return w.text();
}

std::chrono::seconds preferred_wait(const Request& request) {
  constexpr std::chrono::seconds usual{30};
  constexpr std::chrono::seconds longest{120};
  auto prefer = request.headers.combined("prefer");
  if (!prefer)
    return usual;
  if (auto at = prefer->find("wait="); at != std::string::npos) {
    int value = 0;
    auto begin = prefer->data() + at + 5;
    auto [end, error] = std::from_chars(begin, prefer->data() + prefer->size(), value);
    if (error == std::errc{} && value >= 0)
      return std::min(longest, std::chrono::seconds{value});
  }
  return prefer->find("respond-async") != std::string::npos ? std::chrono::seconds{0} : usual;
}

Response answer_task(const TaskView& task, const Request& request) {
  if (task.state == TaskState::done)
    return Response::json(200, task.result.value_or("null"));
  if (task.state == TaskState::failed)
    return problem(error_of(task), request.context);
  return Response::accepted("/api/v1/tasks/" + to_string(task.id), task_json(task));
}

}  // namespace jobraker::net
