#include "net/api/company_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

using FindApplications = std::function<Result<ApplicationsActor>()>;

task<Response> get_company(FindApplications actor, Request& request) {
  auto which = query_of<WhichCompany>(request);
  if (!which)
    co_return problem(which.error(), request.context);
  auto company = co_await ask(actor, request.context, *which);
  co_return answer(company, request);
}

task<Response> save_company(FindApplications actor, Request& request) {
  auto which = query_of<WhichCompany>(request);
  if (!which)
    co_return problem(which.error(), request.context);
  auto body = body_of<SaveCompany>(request);
  if (!body)
    co_return problem(body.error(), request.context);
  auto company = co_await ask(actor, request.context, SaveThisCompany{*which, std::move(*body)});
  co_return answer(company, request);
}

}  // namespace

void add_company_routes(Router& router, std::function<Result<ApplicationsActor>()> actor) {
  auto with = [&](auto function) {
    return [function, actor](Request& request) { return function(actor, request); };
  };
  router.get("/api/v1/company", with(get_company), {.name = "get_company"});
  router.put("/api/v1/company", with(save_company),
             {.name = "save_company", .accepts = {"application/json"}});
}

}  // namespace jobraker::net
