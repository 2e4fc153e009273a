#include "net/api/events_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

using Desk = std::function<Result<EventsDeskActor>()>;

task<Response> events(const Desk& desk, Request& request) {
  auto query = query_of<GetEvents>(request);
  if (!query)
    co_return problem(query.error(), request.context);
  auto view = co_await ask(desk, request.context, std::move(*query));
  co_return view ? Response::json(200, json::encode(*view))
                 : problem(view.error(), request.context);
}

task<Response> replay(const Desk& desk, Request& request) {
  auto id = id_of<DeadLetterId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto letter = co_await ask(desk, request.context, ReplayDeadLetter{*id});
  co_return letter ? Response::json(202, json::encode(*letter))
                   : problem(letter.error(), request.context);
}

}  // namespace

void add_event_routes(Router& router, Desk desk) {
  router.get(
    "/api/v1/admin/events", [desk](Request& request) { return events(desk, request); },
    RouteOptions{.name = "admin_events", .access = Access::admin});
  router.post(
    "/api/v1/admin/events/dlq/{id}/replay",
    [desk](Request& request) { return replay(desk, request); },
    RouteOptions{.name = "replay_dead_letter", .access = Access::admin});
}

}  // namespace jobraker::net
