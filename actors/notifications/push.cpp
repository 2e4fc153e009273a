#include "actors/notifications/push.hpp"

#include <memory>

#include "actors/chat/chat_services.hpp"
#include "messages/json.hpp"

namespace jobraker::notifications {
namespace {

constexpr std::string_view frame_type = "notification";

void show(Services& services, const UserId& user, std::string frame) {
  if (services.chat != nullptr)
    services.chat->live.notify(user, std::make_shared<const std::string>(std::move(frame)),
                               frame_type);
}

}  // namespace

void push(Services& services, const Notification& notification) {
  show(services, notification.user, notification_frame(notification));
}

void push(Services& services, const std::vector<Notification>& notifications) {
  for (const auto& notification : notifications)
    push(services, notification);
}

void push_unread(Services& services, const UserId& user, std::int64_t unread) {
  show(services, user, unread_frame(unread));
}

std::string notification_frame(const Notification& n) {
  json::Writer w;
  w.begin_object()
    .member("type", frame_type)
    .member("id", std::string_view{to_string(n.id)})
    .member("kind", std::string_view{n.kind})
    .member("title", std::string_view{n.title})
    .member("text", std::string_view{n.text})
    .member("subject_type", std::string_view{n.subject_type})
    .member("subject_id", std::string_view{n.subject_id})
    .member("created_at", std::string_view{to_rfc3339(n.created_at)})
    .end_object();
  return w.text();
}

std::string unread_frame(std::int64_t unread) {
  json::Writer w;
  w.begin_object()
    .member("type", frame_type)
    .member("kind", "unread")
    .member("unread", unread)
    .end_object();
  return w.text();
}

}  // namespace jobraker::notifications
