#include "net/api/llm_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

/// Asks the desk and hands its JSON on.
template <class Message>
task<Response> ask_desk(const Actors& actors, Request& request, Result<Message> message) {
  if (!message)
    co_return problem(message.error(), request.context);
  auto text = co_await ask(actors.llm, request.context, *message);
  if (!text)
    co_return problem(text.error(), request.context);
  co_return Response::json(200, std::move(text->json));
}

}  // namespace

void add_llm_routes(Router& router, const Actors& actors) {
  router.get(
    "/api/v1/admin/llm/metrics",
    [actors](Request& request) {
      return ask_desk(actors, request, query_of<AskLlmMetrics>(request));
    },
    RouteOptions{.name = "llm_metrics", .access = Access::admin});
  router.get(
    "/api/v1/admin/llm/budgets",
    [actors](Request& request) { return ask_desk(actors, request, query_of<AskBudgets>(request)); },
    RouteOptions{.name = "list_budgets", .access = Access::admin});
  router.put(
    "/api/v1/admin/llm/budgets",
    [actors](Request& request) { return ask_desk(actors, request, body_of<SetBudget>(request)); },
    RouteOptions{.name = "set_budget", .access = Access::admin, .accepts = {"application/json"}});
}

}  // namespace jobraker::net
