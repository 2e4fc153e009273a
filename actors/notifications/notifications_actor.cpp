#include "actors/notifications/notifications_actor.hpp"

#include "actors/notifications/push.hpp"
#include "actors/system/observed.hpp"
#include "storage/databases.hpp"
#include "storage/notifications.hpp"

namespace jobraker {
namespace {

using storage::Until;

struct NotificationsState {
  static inline const char* name = "notifications";
};

using Self = Shell<NotificationsState, NotificationsActor>;

/// The person's other devices see that something was read.
task<Result<std::int64_t>> tell_unread(Services& services, storage::Session& session, UserId user) {
  auto unread = co_await storage::unread_notifications(session, user);
  if (unread)
    notifications::push_unread(services, user, *unread);
  co_return unread;
}

task<Result<Notification>> read_one(Services& services, Context c, NotificationId id) {
  Until session{services.databases.here(), c.deadline};
  auto read = co_await storage::read_notification(session, c.principal.user, id, now());
  if (read)
    (void)co_await tell_unread(services, session, c.principal.user);
  co_return read;
}

task<Result<UnreadNotifications>> read_all(Services& services, Context c) {
  Until session{services.databases.here(), c.deadline};
  auto done = co_await storage::read_all_notifications(session, c.principal.user, now());
  if (!done)
    co_return fail(std::move(done.error()));
  auto unread = co_await tell_unread(services, session, c.principal.user);
  if (!unread)
    co_return fail(std::move(unread.error()));
  co_return UnreadNotifications{*unread};
}

NotificationsActor::behavior_type notifications_actor(Self* self, Services* services) {
  auto& io = services->io;
  return {
    [=, &io](const Context& c, const ListNotifications& m) {
      return self->answer<NotificationPage>(io, [=]() -> task<Result<NotificationPage>> {
        Until session{services->databases.here(), c.deadline};
        co_return co_await storage::list_notifications(session, c.principal.user, m);
      });
    },
    [=, &io](const Context& c, const ReadNotification& m) {
      return self->answer<Notification>(io, [=] { return read_one(*services, c, m.id); });
    },
    [=, &io](const Context& c, const ReadAllNotifications&) {
      return self->answer<UnreadNotifications>(io, [=] { return read_all(*services, c); });
    },
  };
}

}  // namespace

NotificationsActor start_notifications(Services& services, const std::string& path) {
  return services.system.spawn(path, "notifications", notifications_actor, &services);
}

}  // namespace jobraker
