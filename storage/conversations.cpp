#include "storage/conversations.hpp"

#include <algorithm>
#include <charconv>

#include "storage/chat_rows.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t conversations_max = 100;
constexpr std::int64_t messages_max = 200;

// Asked for again with the same id it answers what is there. DO NOTHING would return no row.
constexpr std::string_view create_conversation_sql =
  "INSERT INTO conversations AS c (id, user_id, kind, title, state) "
  "VALUES ($1, $2, $3, $4, $5::jsonb) ON CONFLICT (id) DO UPDATE SET id = excluded.id "
  "WHERE c.user_id = excluded.user_id AND c.kind = excluded.kind RETURNING " CONVERSATION_COLUMNS;

constexpr std::string_view find_conversation_sql =
  "SELECT " CONVERSATION_COLUMNS " FROM conversations c "
  "WHERE c.id = $1 AND ($2::uuid IS NULL OR c.user_id = $2)";

constexpr std::string_view list_conversations_sql =
  "SELECT " CONVERSATION_COLUMNS " FROM conversations c "
  "WHERE c.user_id = $1 AND (c.archived_at IS NOT NULL) = $2 "
  "AND ($3::timestamptz IS NULL OR (c.updated_at, c.id) < ($3, $4::uuid)) "
  "ORDER BY c.updated_at DESC, c.id DESC LIMIT $5";

constexpr std::string_view update_conversation_sql =
  "UPDATE conversations c SET title = coalesce($3, c.title), "
  "archived_at = CASE WHEN $4::boolean IS NULL THEN c.archived_at "
  "WHEN $4 THEN coalesce(c.archived_at, now()) END "
  "WHERE c.id = $1 AND ($2::uuid IS NULL OR c.user_id = $2) RETURNING " CONVERSATION_COLUMNS;

constexpr std::string_view delete_conversation_sql = R"sql(
  DELETE FROM conversations WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2)
)sql";

// The outer join tells an empty transcript from a conversation that is not there.
constexpr std::string_view messages_after_sql =
  "SELECT " MESSAGE_COLUMNS " FROM conversations c LEFT JOIN LATERAL (SELECT * FROM chat_messages "
  "WHERE conversation_id = c.id AND position > $3 ORDER BY position LIMIT $4) m ON true "
  "WHERE c.id = $1 AND ($2::uuid IS NULL OR c.user_id = $2) ORDER BY m.position";

constexpr std::string_view messages_before_sql =
  "SELECT " MESSAGE_COLUMNS " FROM conversations c LEFT JOIN LATERAL (SELECT * FROM chat_messages "
  "WHERE conversation_id = c.id AND position < $3 ORDER BY position DESC LIMIT $4) m ON true "
  "WHERE c.id = $1 AND ($2::uuid IS NULL OR c.user_id = $2) ORDER BY m.position";

constexpr std::string_view find_message_sql =
  "SELECT " MESSAGE_COLUMNS
  " FROM chat_messages m JOIN conversations c ON c.id = m.conversation_id "
  "WHERE m.id = $1 AND ($2::uuid IS NULL OR c.user_id = $2)";

tl::unexpected<Error> no_conversation() {
  return fail(Errc::not_found, "there is no such conversation");
}

std::size_t limit_of(std::int64_t wish, std::int64_t limit_max) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(wish, 1, limit_max));
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

/// Where a page of conversations begins: after the last one of the page before.
struct Place {
  Time used{};
  ConversationId id{};
};

/// The id first, since it has a fixed length: `01890a5d-…-1763719320000000`.
std::string to_cursor(const Conversation& last) {
  return to_string(last.id) + "-" + std::to_string(last.updated_at.time_since_epoch().count());
}

std::optional<Place> from_cursor(std::string_view cursor) {
  if (cursor.size() < 38 || cursor[36] != '-')
    return std::nullopt;
  auto id = ConversationId::parse(cursor.substr(0, 36));
  auto micros = parse_number(cursor.substr(37));
  // Later years than 9999 have no RFC 3339 form.
  if (!id || !micros || *micros > 253'402'300'799'999'999)
    return std::nullopt;
  return Place{Time{std::chrono::microseconds{*micros}}, *id};
}

/// A direction and the position to go on from: `a12` means after 12, `b12` before.
struct Range {
  bool backwards = false;
  std::int64_t from = 0;
};

std::optional<Range> range_of(const ListMessages& query) {
  if (query.cursor) {
    std::string_view cursor = *query.cursor;
    if (!cursor.starts_with('a') && !cursor.starts_with('b'))
      return std::nullopt;
    auto position = parse_number(cursor.substr(1));
    if (!position)
      return std::nullopt;
    return Range{cursor.front() == 'b', *position};
  }
  if (query.before)
    return Range{true, *query.before};
  return Range{false, query.after.value_or(0)};
}

/// Drops what was read beyond the limit to see whether there is more.
MessagePage to_page(std::vector<ChatMessage> messages, const Range& range, std::size_t limit) {
  MessagePage page{std::move(messages), std::nullopt};
  if (page.items.size() <= limit)
    return page;
  if (range.backwards) {
    page.items.erase(page.items.begin());
    page.next = "b" + std::to_string(page.items.front().position);
  } else {
    page.items.pop_back();
    page.next = "a" + std::to_string(page.items.back().position);
  }
  return page;
}

}  // namespace

task<Result<ConversationRecord>> create_conversation(Session& session, ConversationId id,
                                                     UserId owner, ConversationKind kind,
                                                     std::string title, std::string state_json) {
  auto rows = co_await session.query(create_conversation_sql, {id, owner, kind, title, state_json});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::conflict, "there is another conversation with this id");
  co_return to_conversation(rows->front());
}

task<Result<ConversationRecord>> find_conversation(Session& session, ConversationId id,
                                                   std::optional<UserId> owner) {
  auto rows = co_await session.query(find_conversation_sql, {id, owner});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return no_conversation();
  co_return to_conversation(rows->front());
}

task<Result<ConversationPage>> list_conversations(Session& session, UserId owner,
                                                  ListConversations query) {
  auto limit = limit_of(query.limit, conversations_max);
  std::optional<Time> used;
  std::optional<ConversationId> id;
  if (query.cursor) {
    auto place = from_cursor(*query.cursor);
    if (!place)
      co_return fail(Errc::invalid, "the cursor is not one of this list");
    used = place->used;
    id = place->id;
  }
  auto rows = co_await session.query(list_conversations_sql,
                                     {owner, query.archived.value_or(false), used, id, limit + 1});
  if (!rows)
    co_return fail(std::move(rows.error()));
  ConversationPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_conversation((*rows)[i]).conversation);
  if (rows->size() > limit)
    page.next = to_cursor(page.items.back());
  co_return page;
}

task<Result<ConversationRecord>> update_conversation(Session& session, ConversationId id,
                                                     std::optional<UserId> owner,
                                                     UpdateConversation change) {
  auto rows =
    co_await session.query(update_conversation_sql, {id, owner, change.title, change.archived});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return no_conversation();
  co_return to_conversation(rows->front());
}

task<Done> delete_conversation(Session& session, ConversationId id, std::optional<UserId> owner) {
  auto rows = co_await session.query(delete_conversation_sql, {id, owner});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 0)
    co_return no_conversation();
  co_return Done{};
}

task<Result<MessagePage>> list_messages(Session& session, ConversationId id,
                                        std::optional<UserId> owner, ListMessages query) {
  auto range = range_of(query);
  if (!range)
    co_return fail(Errc::invalid, "the cursor is not one of this list");
  auto limit = limit_of(query.limit, messages_max);
  auto rows = co_await session.query(range->backwards ? messages_before_sql : messages_after_sql,
                                     {id, owner, range->from, limit + 1});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return no_conversation();
  std::vector<ChatMessage> messages;
  for (auto row : *rows)
    if (row.raw(0))
      messages.push_back(to_message(row));
  co_return to_page(std::move(messages), *range, limit);
}

task<Result<ChatMessage>> find_message(Session& session, MessageId id,
                                       std::optional<UserId> owner) {
  auto rows = co_await session.query(find_message_sql, {id, owner});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such message");
  co_return to_message(rows->front());
}

}  // namespace jobraker::storage
