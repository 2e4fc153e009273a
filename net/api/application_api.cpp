#include "net/api/application_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

using FindActor = std::function<Result<ApplicationsActor>()>;

task<Response> list_applications(FindActor actor, Request& request) {
  auto message = query_of<ListApplications>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto page = co_await ask(actor, request.context, *message);
  co_return answer(page, request);
}

task<Response> create_application(FindActor actor, Request& request) {
  auto message = body_of<CreateApplication>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto made = co_await ask(actor, request.context, *message);
  if (!made)
    co_return problem(made.error(), request.context);
  co_return Response::created("/api/v1/applications/" + to_string(made->id), json::encode(*made));
}

/// GET of what an id names: `Message{id}`.
template <class Message>
task<Response> get_by_id(FindActor actor, Request& request) {
  auto id = id_of<ApplicationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto found = co_await ask(actor, request.context, Message{*id});
  co_return answer(found, request);
}

task<Response> change_application(FindActor actor, Request& request) {
  auto id = id_of<ApplicationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto body = body_of<ChangeApplication>(request);
  if (!body)
    co_return problem(body.error(), request.context);
  auto changed = co_await ask(actor, request.context, ChangeThisApplication{*id, std::move(*body)});
  co_return answer(changed, request);
}

}  // namespace

void add_application_routes(Router& router, std::function<Result<ApplicationsActor>()> actor) {
  auto with = [&](auto function) {
    return [function, actor](Request& request) { return function(actor, request); };
  };
  router.get("/api/v1/applications", with(list_applications), {.name = "list_applications"});
  router.post("/api/v1/applications", with(create_application),
              {.name = "create_application", .accepts = {"application/json"}});
  router.get("/api/v1/applications/{id}", with(get_by_id<GetApplication>),
             {.name = "get_application"});
  router.patch("/api/v1/applications/{id}", with(change_application),
               {.name = "change_application",
                .accepts = {"application/json", "application/merge-patch+json"}});
  router.get("/api/v1/applications/{id}/events", with(get_by_id<GetApplicationEvents>),
             {.name = "list_application_events"});
}

}  // namespace jobraker::net
