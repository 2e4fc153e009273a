#include "net/api/operator_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

using Desk = std::function<Result<OperatorDeskActor>()>;

/// A line of the table: a query that the desk answers with a page.
template <class Query, class Page>
void add_list(Router& router, const Desk& desk, const char* path, const char* name) {
  router.get(
    path,
    [desk](Request& request) -> task<Response> {
      auto query = query_of<Query>(request);
      if (!query)
        co_return problem(query.error(), request.context);
      Result<Page> page = co_await ask(desk, request.context, std::move(*query));
      auto response = answer(page, request);
      response.headers.set("cache-control", "no-store");
      co_return response;
    },
    RouteOptions{.name = name, .access = Access::admin});
}

}  // namespace

void add_operator_routes(Router& router, Desk desk) {
  add_list<WatchApplications, WatchedApplicationPage>(router, desk, "/api/v1/admin/applications",
                                                      "watch_applications");
  add_list<ListModelCalls, LoggedCallPage>(router, desk, "/api/v1/admin/llm/calls",
                                           "list_model_calls");
  add_list<ListUsers, ListedUserPage>(router, desk, "/api/v1/profiles/users", "list_users");
}

}  // namespace jobraker::net
