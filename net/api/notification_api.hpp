#pragma once

#include <functional>

#include "messages/notification_handles.hpp"
#include "net/http/router.hpp"

namespace jobraker::net {

/// /notifications.
void add_notification_routes(Router& router,
                             std::function<Result<NotificationsActor>()> notifications);

}  // namespace jobraker::net
