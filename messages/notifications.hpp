#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

namespace jobraker {

using NotificationId = Id<struct NotificationTag>;

/// What notifications are about. Clients choose a picture by it; unknown ones are shown all the
/// same.
namespace notification_kind {
inline constexpr std::string_view exceptional_match = "exceptional_match";
inline constexpr std::string_view follow_up_reminder = "follow_up_reminder";
inline constexpr std::string_view skill_suggestion = "skill_suggestion";
inline constexpr std::string_view status_change = "status_change";  ///< of an application
inline constexpr std::string_view needs_input = "needs_input";      ///< an application waits
inline constexpr std::string_view interview = "interview";  ///< booked, moved, cancelled, done
inline constexpr std::string_view documents_ready = "documents_ready";  ///< to be approved
}  // namespace notification_kind

/// Something a person is told.
struct Notification {
  static constexpr auto type_name = "Notification";
  NotificationId id{};
  UserId user{};  ///< who is told; not part of the JSON
  std::string kind{};
  std::string title{};
  std::string text{};
  std::string subject_type{};  ///< `job`, `application`, `interview`, …; empty: about nothing
  std::string subject_id{};
  Time created_at{};
  std::optional<Time> read_at{};

  bool operator==(const Notification&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("id", &Notification::id),
                      field("kind", &Notification::kind),
                      field("title", &Notification::title),
                      field("text", &Notification::text),
                      field("subject_type", &Notification::subject_type),
                      field("subject_id", &Notification::subject_id),
                      field("created_at", &Notification::created_at),
                      field("read_at", &Notification::read_at)};
  }
};

/// The query of `GET /notifications`: the latest first.
struct ListNotifications {
  static constexpr auto type_name = "ListNotifications";
  bool unread = false;  ///< only what is not read yet
  std::optional<std::string> cursor{};
  std::int64_t limit = 20;

  static constexpr auto fields() {
    return std::tuple{optional_field("unread", &ListNotifications::unread),
                      field("cursor", &ListNotifications::cursor, {.max_length = 200}),
                      optional_field("limit", &ListNotifications::limit, {.min = 1, .max = 100})};
  }
};

/// One page of notifications.
struct NotificationPage {
  static constexpr auto type_name = "NotificationPage";
  std::vector<Notification> items{};
  std::optional<std::string> next{};
  std::int64_t unread = 0;  ///< how many are unread, on all pages

  static constexpr auto fields() {
    return std::tuple{field("items", &NotificationPage::items),
                      field("next", &NotificationPage::next),
                      field("unread", &NotificationPage::unread)};
  }
};

/// `POST /notifications/{id}/read`; reading twice is reading once.
struct ReadNotification {
  static constexpr auto type_name = "ReadNotification";
  NotificationId id{};
  static constexpr auto fields() { return std::tuple{field("id", &ReadNotification::id)}; }
};

/// `POST /notifications/read-all`: everything there is now.
struct ReadAllNotifications {
  static constexpr auto type_name = "ReadAllNotifications";
  static constexpr auto fields() { return std::tuple{}; }
};

/// How many notifications are unread.
struct UnreadNotifications {
  static constexpr auto type_name = "UnreadNotifications";
  std::int64_t unread = 0;
  static constexpr auto fields() {
    return std::tuple{field("unread", &UnreadNotifications::unread)};
  }
};

}  // namespace jobraker
