#include "net/api/notification_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

using FindActor = std::function<Result<NotificationsActor>()>;

task<Response> list(FindActor actor, Request& request) {
  auto message = query_of<ListNotifications>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto page = co_await ask(actor, request.context, *message);
  co_return answer(page, request);
}

task<Response> read_one(FindActor actor, Request& request) {
  auto id = id_of<NotificationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto read = co_await ask(actor, request.context, ReadNotification{*id});
  co_return answer(read, request);
}

task<Response> read_all(FindActor actor, Request& request) {
  auto unread = co_await ask(actor, request.context, ReadAllNotifications{});
  co_return answer(unread, request);
}

}  // namespace

void add_notification_routes(Router& router, std::function<Result<NotificationsActor>()> actor) {
  auto with = [&](auto function) {
    return [function, actor](Request& request) { return function(actor, request); };
  };
  router.get("/api/v1/notifications", with(list), {.name = "list_notifications"});
  router.post("/api/v1/notifications/{id}/read", with(read_one), {.name = "read_notification"});
  router.post("/api/v1/notifications/read-all", with(read_all), {.name = "read_all_notifications"});
}

}  // namespace jobraker::net
