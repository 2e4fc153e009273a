#include "net/api/answers.hpp"
#include "net/api/application_api.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

using FindDesk = std::function<Result<ApplicationsActor>()>;
using FindOne = std::function<Result<ApplicationActor>(const ApplicationId&)>;

task<Response> auto_apply(FindDesk desk, Request& request) {
  auto id = id_of<JobId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto body = body_of<AutoApply>(request);
  if (!body)
    co_return problem(body.error(), request.context);
  auto done = co_await ask(desk, request.context, AutoApplyTo{*id, std::move(*body)});
  if (!done)
    co_return problem(done.error(), request.context);
  auto text = json::encode(done->application);
  auto location = "/api/v1/applications/" + to_string(done->application.id);
  if (done->made)
    co_return Response::created(location, std::move(text));
  auto response = Response::json(200, std::move(text));
  response.headers.set("location", location);
  co_return response;
}

/// Asks the application that the path names.
template <class Message>
task<Response> ask_one(FindOne find, Request& request, Message message) {
  auto id = id_of<ApplicationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto done = co_await ask([&] { return find(*id); }, request.context, message);
  co_return answer(done, request);
}

task<Response> approve(FindOne find, Request& request) {
  auto body = body_of<ApproveApplication>(request);
  if (!body)
    co_return problem(body.error(), request.context);
  co_return co_await ask_one(find, request, ApproveThis{std::move(*body)});
}

}  // namespace

void add_submission_routes(Router& router, std::function<Result<ApplicationsActor>()> actor,
                           std::function<Result<ApplicationActor>(const ApplicationId&)> find) {
  router.post("/api/v1/jobs/{id}/auto-apply",
              [actor](Request& request) { return auto_apply(actor, request); },
              {.name = "auto_apply", .accepts = {"application/json"}});
  router.post("/api/v1/applications/{id}/approve",
              [find](Request& request) { return approve(find, request); },
              {.name = "approve_application", .accepts = {"application/json"}});
  router.post("/api/v1/applications/{id}/cancel",
              [find](Request& request) { return ask_one(find, request, CancelThis{}); },
              {.name = "cancel_application"});
  router.post("/api/v1/applications/{id}/retry",
              [find](Request& request) { return ask_one(find, request, RetryThis{}); },
              {.name = "retry_application"});
}

}  // namespace jobraker::net
