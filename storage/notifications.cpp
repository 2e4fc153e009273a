#include "storage/notifications.hpp"

#include <algorithm>

#include "storage/place.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 100;
constexpr std::size_t title_max = 300;
constexpr std::size_t text_max = 2000;

/// Of `notifications n`.
#define NOTIFICATION_COLUMNS                                                                       \
  "n.id, n.user_id, n.kind, n.title, n.text, n.subject_type, n.subject_id, n.created_at, "         \
  "n.read_at"

// People who are gone are told nothing. In the order of keys, so that two batches that meet wait
// for each other in one direction only.
constexpr std::string_view add_sql =
  "WITH t AS (SELECT t.* FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], "
  "$6::text[], $7::text[], $8::text[]) "
  "t (id, user_id, kind, title, text, subject_type, subject_id, dedupe_key) "
  "JOIN users u ON u.id = t.user_id ORDER BY t.user_id, t.dedupe_key FOR KEY SHARE OF u) "
  "INSERT INTO notifications AS n "
  "(id, user_id, kind, title, text, subject_type, subject_id, dedupe_key, created_at) "
  "SELECT id, user_id, kind, title, text, subject_type, subject_id, dedupe_key, $9 FROM t "
  "ON CONFLICT (user_id, dedupe_key) DO NOTHING RETURNING " NOTIFICATION_COLUMNS;

constexpr std::string_view list_sql =
  "SELECT " NOTIFICATION_COLUMNS " FROM notifications n WHERE n.user_id = $1 "
  "AND ($2::timestamptz IS NULL OR (n.created_at, n.id) < ($2, $3::uuid)) "
  "ORDER BY n.created_at DESC, n.id DESC LIMIT $4";

// A statement of its own, so that the index of the unread ones serves it.
constexpr std::string_view list_unread_sql =
  "SELECT " NOTIFICATION_COLUMNS " FROM notifications n WHERE n.user_id = $1 "
  "AND n.read_at IS NULL AND ($2::timestamptz IS NULL OR (n.created_at, n.id) < ($2, $3::uuid)) "
  "ORDER BY n.created_at DESC, n.id DESC LIMIT $4";

constexpr std::string_view count_sql = R"sql(
  SELECT count(*) FROM (
    SELECT FROM notifications WHERE user_id = $1 AND read_at IS NULL LIMIT 1000) AS unread
)sql";

constexpr std::string_view read_sql =
  "UPDATE notifications AS n SET read_at = coalesce(read_at, greatest($3, created_at)) "
  "WHERE id = $1 AND user_id = $2 RETURNING " NOTIFICATION_COLUMNS;

constexpr std::string_view read_all_sql = R"sql(
  UPDATE notifications SET read_at = $2
  WHERE user_id = $1 AND read_at IS NULL AND created_at <= $2
)sql";

constexpr std::string_view purge_sql = R"sql(
  DELETE FROM notifications WHERE id IN (
    SELECT id FROM notifications WHERE created_at < $1 ORDER BY created_at LIMIT $2
    FOR UPDATE SKIP LOCKED)
)sql";

/// The text, or its beginning up to a whole character and an ellipsis, at most `bytes` long.
std::string shortened(std::string text, std::size_t bytes) {
  constexpr std::string_view ellipsis = "…";
  if (text.size() <= bytes)
    return text;
  auto end = bytes - ellipsis.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  text.resize(end);
  return text.append(ellipsis);
}

Notification to_notification(const Row& row) {
  Notification n;
  row.read(n.id, n.user, n.kind, n.title, n.text, n.subject_type, n.subject_id, n.created_at,
           n.read_at);
  return n;
}

Result<std::vector<Notification>> to_notifications(const Result<Rows>& rows) {
  if (!rows)
    return fail(rows.error());
  std::vector<Notification> list;
  list.reserve(rows->size());
  for (auto row : *rows)
    list.push_back(to_notification(row));
  return list;
}

/// Columns of many new notifications.
Params columns_of(std::vector<NewNotification> list, Time now) {
  std::vector<NotificationId> ids;
  std::vector<UserId> users;
  std::vector<std::string> kinds, titles, texts, types, subjects, keys;
  for (auto& n : list) {
    ids.push_back(NotificationId::fresh());
    users.push_back(n.user);
    kinds.push_back(std::move(n.kind));
    titles.push_back(shortened(std::move(n.title), title_max));
    texts.push_back(shortened(std::move(n.text), text_max));
    types.push_back(std::move(n.subject_type));
    subjects.push_back(std::move(n.subject_id));
    keys.push_back(n.dedupe_key.empty() ? to_string(ids.back()) : std::move(n.dedupe_key));
  }
  return {ids, users, kinds, titles, texts, types, subjects, keys, now};
}

}  // namespace

task<Result<bool>> add_notification(Session& session, NewNotification notification, Time now) {
  std::vector<NewNotification> one;
  one.push_back(std::move(notification));
  auto added = co_await add_notifications(session, std::move(one), now);
  if (!added)
    co_return fail(std::move(added.error()));
  co_return !added->empty();
}

task<Result<std::vector<Notification>>>
add_notifications(Session& session, std::vector<NewNotification> notifications, Time now) {
  if (notifications.empty())
    co_return std::vector<Notification>{};
  co_return to_notifications(
    co_await session.query(add_sql, columns_of(std::move(notifications), now)));
}

task<Result<NotificationPage>> list_notifications(Session& session, UserId user,
                                                  ListNotifications query) {
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  std::optional<Place> place;
  if (query.cursor) {
    place = from_cursor(*query.cursor);
    if (!place)
      co_return fail(Errc::invalid, "the cursor is not one of this list");
  }
  auto after = place ? std::optional{place->at} : std::nullopt;
  auto after_id = place ? std::optional{place->id} : std::nullopt;
  auto found = to_notifications(co_await session.query(query.unread ? list_unread_sql : list_sql,
                                                       {user, after, after_id, limit + 1}));
  if (!found)
    co_return fail(std::move(found.error()));
  auto unread = co_await unread_notifications(session, user);
  if (!unread)
    co_return fail(std::move(unread.error()));
  NotificationPage page{std::move(*found), std::nullopt, *unread};
  if (page.items.size() > limit) {
    page.items.resize(limit);
    page.next = to_cursor({page.items.back().created_at, page.items.back().id.uuid});
  }
  co_return page;
}

task<Result<std::int64_t>> unread_notifications(Session& session, UserId user) {
  auto rows = co_await session.query(count_sql, {user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->front().get<std::int64_t>(0);
}

task<Result<Notification>> read_notification(Session& session, UserId user, NotificationId id,
                                             Time now) {
  auto rows = co_await session.query(read_sql, {id, user, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such notification");
  co_return to_notification(rows->front());
}

task<Result<std::size_t>> read_all_notifications(Session& session, UserId user, Time now) {
  auto rows = co_await session.query(read_all_sql, {user, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

task<Result<std::size_t>> purge_notifications(Session& session, Time before, std::int64_t limit) {
  auto rows = co_await session.query(purge_sql, {before, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace jobraker::storage
