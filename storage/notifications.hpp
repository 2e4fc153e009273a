#pragma once

#include <string>
#include <vector>

#include "messages/notifications.hpp"
#include "storage/session.hpp"

/// What people are told. All functions work inside the caller's transaction, so that a notification
/// is there if and only if what it tells of is. Show it to live sessions once that has committed
/// (actors/notifications/push.hpp).
namespace jobraker::storage {

/// Something to tell a person once.
struct NewNotification {
  UserId user{};
  std::string kind{};   ///< one of notification_kind
  std::string title{};  ///< cut after 300 bytes
  std::string text{};   ///< cut after 2,000 bytes
  std::string subject_type{};
  std::string subject_id{};
  /// What it tells of, e.g. `status/<application>/<seq>`: told once for each person and key,
  /// however often it is added. Empty: told each time.
  std::string dedupe_key{};
};

/// Stores it; false when this key was there already, or the person is not there any more.
task<Result<bool>> add_notification(Session& session, NewNotification notification, Time now);

/// Stores many in one statement; answers those that are new, in no particular order.
task<Result<std::vector<Notification>>>
add_notifications(Session& session, std::vector<NewNotification> notifications, Time now);

/// A page of a person's notifications, the latest first, at most 100, and how many are unread.
/// Errc::invalid for a cursor that is none.
task<Result<NotificationPage>> list_notifications(Session& session, UserId user,
                                                  ListNotifications query);

/// How many a person has not read; counts to 1,000 at most.
task<Result<std::int64_t>> unread_notifications(Session& session, UserId user);

/// Marks one as read and answers it; one that was read keeps its time. Errc::not_found when it is
/// not this person's.
task<Result<Notification>> read_notification(Session& session, UserId user, NotificationId id,
                                             Time now);

/// Marks as read what a person was told up to now; answers how many that were.
task<Result<std::size_t>> read_all_notifications(Session& session, UserId user, Time now);

/// Deletes up to `limit` notifications made before `before`, read or not, and answers how many.
/// Their keys are free again: choose a time after which nobody tells the same.
task<Result<std::size_t>> purge_notifications(Session& session, Time before, std::int64_t limit);

}  // namespace jobraker::storage
