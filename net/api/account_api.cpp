#include "net/api/account_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

/// Tokens must not be kept by anybody between us and the caller (RFC 6749 §5.1).
Response no_store(Response response) {
  response.headers.set("cache-control", "no-store");
  return response;
}

/// A route that decodes its body, asks the accounts actor, and answers.
template <class Message>
Handler asks_accounts(const Actors& actors, int status = 200) {
  return [accounts = actors.accounts, status](Request& request) -> task<Response> {
    auto message = body_of<Message>(request);
    if (!message)
      co_return problem(message.error(), request.context);
    if constexpr (requires { message->address; })
      message->address = request.remote;
    auto result = co_await ask(accounts, request.context, *message);
    co_return no_store(answer(result, request, status));
  };
}

}  // namespace

void add_account_routes(Router& router, const Actors& actors) {
  RouteOptions open;
  open.access = Access::anonymous;
  open.body_max = 16 << 10;
  auto named = [&open](std::string name) {
    auto options = open;
    options.name = std::move(name);
    return options;
  };
  router.post("/api/v1/auth/register", asks_accounts<RegisterAccount>(actors, 201),
              named("register"));
  router.post("/api/v1/auth/login", asks_accounts<Login>(actors), named("login"));
  router.post("/api/v1/auth/refresh", asks_accounts<RefreshTokens>(actors), named("refresh"));
  router.post(
    "/api/v1/auth/logout",
    [accounts = actors.accounts](Request& request) -> task<Response> {
      auto message = body_of<Logout>(request);
      if (!message)
        co_return problem(message.error(), request.context);
      auto result = co_await ask(accounts, request.context, *message);
      if (!result)
        co_return problem(result.error(), request.context);
      co_return Response::no_content();
    },
    named("logout"));
  router.get(
    "/api/v1/users/{user_id}",
    [accounts = actors.accounts](Request& request) -> task<Response> {
      auto user = user_of(request);
      if (!user)
        co_return problem(user.error(), request.context);
      auto result = co_await ask(accounts, request.context, GetAccount{*user});
      co_return answer(result, request);
    },
    RouteOptions{.name = "get_user"});
}

}  // namespace jobraker::net
