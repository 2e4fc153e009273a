#include "net/api/actor_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

using Inspector = std::function<Result<InspectorActor>()>;

/// Asks the inspector; its answer is JSON already.
template <class Message>
task<Response> look_up(const Inspector& inspector, Request& request, Result<Message> message) {
  if (!message)
    co_return problem(message.error(), request.context);
  auto text = co_await ask(inspector, request.context, std::move(*message));
  if (!text)
    co_return problem(text.error(), request.context);
  auto response = Response::json(200, std::move(text->json));
  response.headers.set("cache-control", "no-store");
  co_return response;
}

/// `.../{path}/{action}`: the path may have any number of segments, so the pattern takes both.
Result<ActOnActor> action_of(Request& request) {
  const auto rest = request.parameter("path");
  const auto slash = rest.rfind('/');
  const auto action =
    slash == std::string_view::npos ? std::nullopt : enum_from<ActorAction>(rest.substr(slash + 1));
  if (!action)
    return fail(Errc::not_found, "there is nothing at this address");
  auto confirmed = body_of<ConfirmAction>(request);
  if (!confirmed)
    return fail(std::move(confirmed.error()));
  return ActOnActor{"/" + std::string{rest.substr(0, slash)}, *action, std::move(*confirmed),
                    request.remote};
}

task<Response> act(const Inspector& inspector, Request& request) {
  auto wish = action_of(request);
  if (!wish)
    co_return problem(wish.error(), request.context);
  auto done = co_await ask(inspector, request.context, std::move(*wish));
  co_return answer(done, request);
}

GetActor actor_at(const Request& request) { return {"/" + std::string{request.parameter("path")}}; }

/// A line of the table: a query that the inspector answers.
template <class Message>
void add_query(Router& router, const Inspector& inspector, const char* path, const char* name) {
  router.get(
    path,
    [inspector](Request& request) {
      if constexpr (std::tuple_size_v<decltype(Message::fields())> == 0)
        return look_up(inspector, request, Result<Message>{Message{}});
      else
        return look_up(inspector, request, query_of<Message>(request));
    },
    RouteOptions{.name = name, .access = Access::admin});
}

void add_stream(Router& router, ConsoleSettings settings) {
  WsOptions stream;
  stream.name = "watch_actors";
  stream.access = Access::admin;
  stream.open = std::move(settings.open);
  if (!stream.open)
    stream.open = [](const SessionOpening&,
                     std::shared_ptr<ClientLink>) -> Result<std::shared_ptr<SessionPort>> {
      return fail(Errc::unavailable, "nobody watches the actors here");
    };
  stream.redeem = std::move(settings.redeem);
  stream.origins = std::move(settings.origins);
  stream.settings = settings.websocket;
  router.ws("/api/v1/admin/actors/stream", std::move(stream));
}

}  // namespace

void add_actor_routes(Router& router, ConsoleSettings settings) {
  const auto inspector = settings.inspector;
  add_query<GetActors>(router, inspector, "/api/v1/admin/actors", "list_actors");
  add_query<GetActorTree>(router, inspector, "/api/v1/admin/actors/tree", "actor_tree");
  add_query<GetDeadActors>(router, inspector, "/api/v1/admin/actors/dead", "dead_actors");
  add_query<GetAlarms>(router, inspector, "/api/v1/admin/alarms", "list_alarms");
  add_query<GetTraces>(router, inspector, "/api/v1/admin/traces", "list_traces");
  add_query<GetAudit>(router, inspector, "/api/v1/admin/audit", "list_audit");
  add_query<GetOverview>(router, inspector, "/api/v1/admin/overview", "overview");
  router.get(
    "/api/v1/admin/traces/{trace_id}",
    [inspector](Request& request) {
      return look_up(inspector, request,
                     Result<GetTrace>{GetTrace{std::string{request.parameter("trace_id")}}});
    },
    RouteOptions{.name = "get_trace", .access = Access::admin});
  const auto show = [inspector](Request& request) {
    return look_up(inspector, request, Result<GetActor>{actor_at(request)});
  };
  router.get("/api/v1/admin/actors/show/{path...}", show,
             RouteOptions{.name = "show_actor", .access = Access::admin});
  router.get("/api/v1/admin/actors/{path...}", show,
             RouteOptions{.name = "get_actor", .access = Access::admin});
  router.post(
    "/api/v1/admin/actors/{path...}",
    [inspector](Request& request) { return act(inspector, request); },
    RouteOptions{.name = "act_on_actor", .access = Access::admin, .accepts = {"application/json"}});
  add_stream(router, std::move(settings));
}

}  // namespace jobraker::net
