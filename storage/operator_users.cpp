// The list of accounts.
#include <algorithm>

#include "storage/operator_lists.hpp"
#include "storage/place.hpp"
#include "storage/row.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 200;

// The address is covered here, so that it does not leave the database.
#define USERS                                                                                      \
  "SELECT u.id, u.role, left(u.email, 1) || '***' || coalesce(substring(u.email FROM '@[^@]*$'), " \
  "''), u.created_at, (SELECT max(t.created_at) FROM refresh_tokens t WHERE t.user_id = u.id), "   \
  "u.company_id, p.version FROM users u LEFT JOIN user_profiles p ON p.user_id = u.id WHERE "
// The place after which the page begins, the end of time for the first one: so that an index leads
// there, whichever page it is.
#define PAGE                                                                                       \
  "(u.created_at, u.id) < (coalesce($1::timestamptz, 'infinity'), "                                \
  "coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')) "

constexpr std::string_view newest_sql = USERS PAGE "ORDER BY u.created_at DESC, u.id DESC LIMIT $3";
constexpr std::string_view of_role_sql =
  USERS PAGE "AND u.role = $4 ORDER BY u.created_at DESC, u.id DESC LIMIT $3";
// One at most: both are unique, and one of them is null.
constexpr std::string_view found_sql =
  USERS PAGE "AND (u.id = $4::uuid OR u.email = lower($5)) AND ($6::text IS NULL OR u.role = $6) "
             "LIMIT $3";

ListedUser to_user(const Row& row) {
  ListedUser u;
  row.read(u.id, u.role, u.email, u.created_at, u.last_seen_at, u.company_id, u.profile_version);
  return u;
}

/// Which statement answers the query, and what it takes beside the place and the limit.
Result<std::string_view> choose(const ListUsers& query, Params& params) {
  if (!query.q) {
    if (!query.role)
      return newest_sql;
    params.add(query.role);
    return of_role_sql;
  }
  auto id = parse_uuid(*query.q);
  if (!id && query.q->find('@') == std::string::npos)
    return fail(Error{Errc::invalid,
                      "q must be an account's id or a whole e-mail address",
                      {{"q", "must be an account's id or a whole e-mail address"}},
                      {}});
  params.add(id).add(id ? std::optional<std::string>{} : query.q).add(query.role);
  return found_sql;
}

}  // namespace

task<Result<ListedUserPage>> list_users(Session& session, ListUsers query) {
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  std::optional<Time> at;
  std::optional<Uuid> id;
  if (query.cursor) {
    auto place = from_cursor(*query.cursor);
    if (!place)
      co_return fail(Errc::invalid, "the cursor is not one of this list");
    at = place->at;
    id = place->id;
  }
  Params params{at, id, limit + 1};
  auto sql = choose(query, params);
  if (!sql)
    co_return fail(std::move(sql.error()));
  auto rows = co_await session.query(*sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  ListedUserPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_user((*rows)[i]));
  if (rows->size() > limit)
    page.next = to_cursor({page.items.back().created_at, page.items.back().id.uuid});
  co_return page;
}

}  // namespace jobraker::storage
