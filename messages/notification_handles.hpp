#pragma once

#include "messages/handles.hpp"
#include "messages/notifications.hpp"

namespace jobraker {

/// `/system/notifications`: what the caller was told. Each person sees their own alone.
using NotificationsActor =
  caf::typed_actor<caf::replies_to<Context, ListNotifications>::with<NotificationPage>,
                   // not_found when it is not the caller's.
                   caf::replies_to<Context, ReadNotification>::with<Notification>,
                   // How many are unread afterwards: those that came meanwhile.
                   caf::replies_to<Context, ReadAllNotifications>::with<UnreadNotifications>>;

}  // namespace jobraker
