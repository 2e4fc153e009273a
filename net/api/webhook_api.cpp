#include "net/api/webhook_api.hpp"

#include "net/ask.hpp"
#include "net/client/skyvern_signature.hpp"
#include "net/client/skyvern_webhook.hpp"
#include "net/http/problem.hpp"

namespace jobraker::net {
namespace {

using FindActor = std::function<Result<SubmissionsActor>()>;
using Keys = std::shared_ptr<const std::vector<std::string>>;

constexpr std::uint64_t body_max = 2 << 20;

/// The signature before anything else is looked at: over the bytes as they came. The time stamp
/// beside it is not signed and says nothing. 401 is final for Skyvern, 503 is tried again.
task<Response> take_in(FindActor actor, Keys keys, Request& request) {
  auto signature = request.headers.value(skyvern_signature_header);
  if (!verify_skyvern_signature(request.body, signature, *keys))
    co_return problem(Error{Errc::unauthenticated, "the signature is not ours", {}, {}},
                      request.context);
  auto run = read_skyvern_webhook(request.body);
  if (!run)
    co_return problem(run.error(), request.context);
  auto taken =
    co_await ask(actor, request.context, TakeInWebhook{run->run_id, std::move(request.body)});
  if (!taken)
    co_return problem(taken.error(), request.context);
  co_return Response::no_content();
}

}  // namespace

void add_webhook_routes(Router& router, std::function<Result<SubmissionsActor>()> actor,
                        std::vector<std::string> keys) {
  RouteOptions options;
  options.name = "skyvern_webhook";
  options.access = Access::anonymous;
  options.body_max = body_max;
  auto shared = std::make_shared<const std::vector<std::string>>(std::move(keys));
  router.post(
    "/api/v1/webhooks/skyvern",
    [actor, shared](Request& request) { return take_in(actor, shared, request); }, options);
}

}  // namespace jobraker::net
