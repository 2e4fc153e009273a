#pragma once

#include <string>

#include "actors/system/services.hpp"
#include "messages/notification_handles.hpp"

namespace jobraker {

/// Starts `/system/notifications`.
NotificationsActor start_notifications(Services& services, const std::string& path);

}  // namespace jobraker
