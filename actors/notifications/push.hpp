#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/system/services.hpp"
#include "messages/notifications.hpp"

/// Notifications on their way to live sessions: frames of type `notification`. The row is what
/// counts; a frame is lost when nobody is connected or a connection is behind.
namespace jobraker::notifications {

/// Shows a stored notification to each live session of its person. Call it after the commit; any
/// thread, never blocks.
void push(Services& services, const Notification& notification);
void push(Services& services, const std::vector<Notification>& notifications);

/// Tells each live session of a person how many notifications are unread.
void push_unread(Services& services, const UserId& user, std::int64_t unread);

/// `{"type":"notification","id":…,"kind":…,"title":…,…}`.
std::string notification_frame(const Notification& notification);

/// `{"type":"notification","kind":"unread","unread":3}`.
std::string unread_frame(std::int64_t unread);

}  // namespace jobraker::notifications
