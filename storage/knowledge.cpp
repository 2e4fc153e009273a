#include "storage/knowledge.hpp"

#include <algorithm>
#include <charconv>

#include "messages/accounts.hpp"
#include "storage/place.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 100;
/// Nobody reads hits beyond this; a cursor that says otherwise is made up.
constexpr std::int64_t hits_max = 1000;

/// Of `knowledge_articles a`.
#define ARTICLE_COLUMNS                                                                            \
  "a.id, a.title, a.body, a.tags, a.url, a.audience, a.author, a.version, a.created_at, "          \
  "a.updated_at"

/// Whether an article is for the role in `$1`; NULL reads everything.
#define FOR_READER "($1::text IS NULL OR $1 = 'admin' OR a.audience IN ('all', $1))"

constexpr std::string_view create_sql =
  "INSERT INTO knowledge_articles AS a (id, title, body, tags, url, audience, author, created_at, "
  "updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING " ARTICLE_COLUMNS;

constexpr std::string_view lock_sql =
  "SELECT " ARTICLE_COLUMNS " FROM knowledge_articles a WHERE a.id = $1 FOR UPDATE";

constexpr std::string_view replace_sql =
  "UPDATE knowledge_articles a SET title = $2, body = $3, tags = $4, url = $5, audience = $6, "
  "version = version + 1, updated_at = $7 WHERE a.id = $1 RETURNING " ARTICLE_COLUMNS;

constexpr std::string_view find_sql =
  "SELECT " ARTICLE_COLUMNS " FROM knowledge_articles a WHERE " FOR_READER " AND a.id = $2";

constexpr std::string_view delete_sql = R"sql(
  DELETE FROM knowledge_articles WHERE id = $1
)sql";

#define HAS_TAG                                                                                    \
  "($2::text IS NULL OR EXISTS (SELECT FROM unnest(a.tags) tag WHERE lower(tag) = lower($2)))"

constexpr std::string_view latest_sql =
  "SELECT " ARTICLE_COLUMNS " FROM knowledge_articles a WHERE " FOR_READER " AND " HAS_TAG
  " AND ($3::timestamptz IS NULL OR (a.updated_at, a.id) < ($3, $4::uuid)) "
  "ORDER BY a.updated_at DESC, a.id DESC LIMIT $5";

#define QUERY "(websearch_to_tsquery('english', $3) || websearch_to_tsquery('simple', $3))"

constexpr std::string_view matching_sql =
  "SELECT " ARTICLE_COLUMNS " FROM knowledge_articles a WHERE " FOR_READER " AND " HAS_TAG
  " AND a.search @@ " QUERY " ORDER BY ts_rank(a.search, " QUERY ") DESC, a.id DESC "
  "OFFSET $4 LIMIT $5";

constexpr std::string_view page_sql =
  "SELECT " ARTICLE_COLUMNS " FROM knowledge_articles a WHERE a.id > $1 ORDER BY a.id LIMIT $2";

Article to_article(const Row& row) {
  Article a;
  row.read(a.id, a.title, a.body, a.tags, a.url, a.audience, a.author, a.version, a.created_at,
           a.updated_at);
  return a;
}

tl::unexpected<Error> no_article() { return fail(Errc::not_found, "there is no such article"); }

tl::unexpected<Error> bad_cursor() {
  return fail(Errc::invalid, "the cursor is not one of this list");
}

bool says(const Article& a, const SaveArticle& s) {
  return a.title == s.title && a.body == s.body && a.tags == s.tags && a.url == s.url &&
         a.audience == s.audience.value_or(Audience::all);
}

task<Result<ArticlePage>> latest(Session& session, Role reader, ListArticles query,
                                 std::size_t limit) {
  std::optional<Place> place;
  if (query.cursor) {
    place = from_cursor(*query.cursor);
    if (!place)
      co_return bad_cursor();
  }
  Params params{reader, query.tag};
  params.add(place ? std::optional{place->at} : std::nullopt)
    .add(place ? std::optional{place->id} : std::nullopt)
    .add(limit + 1);
  auto rows = co_await session.query(latest_sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  ArticlePage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_article((*rows)[i]));
  if (rows->size() > limit)
    page.next = to_cursor({page.items.back().updated_at, page.items.back().id.uuid});
  co_return page;
}

/// By rank; the cursor says how many hits came before.
task<Result<ArticlePage>> matching(Session& session, Role reader, ListArticles query,
                                   std::size_t limit) {
  std::int64_t skip = 0;
  if (query.cursor) {
    const auto& text = *query.cursor;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), skip);
    if (error != std::errc{} || end != text.data() + text.size() || skip < 0 || skip > hits_max)
      co_return bad_cursor();
  }
  auto rows = co_await session.query(matching_sql, {reader, query.tag, query.q, skip, limit + 1});
  if (!rows)
    co_return fail(std::move(rows.error()));
  ArticlePage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_article((*rows)[i]));
  auto seen = skip + static_cast<std::int64_t>(limit);
  if (rows->size() > limit && seen <= hits_max)
    page.next = std::to_string(seen);
  co_return page;
}

}  // namespace

task<Result<Article>> create_article(Session& session, SaveArticle s, UserId author, Time now) {
  auto rows =
    co_await session.query(create_sql, {ArticleId::fresh(), s.title, s.body, s.tags, s.url,
                                        s.audience.value_or(Audience::all), author, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_article(rows->front());
}

task<Result<Article>> replace_article(Session& session, ArticleId id,
                                      std::optional<std::vector<std::int64_t>> versions,
                                      SaveArticle s, Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Article>> {
    auto locked = co_await inside.query(lock_sql, {id});
    if (!locked)
      co_return fail(std::move(locked.error()));
    if (locked->empty())
      co_return no_article();
    auto present = to_article(locked->front());
    if (versions &&
        std::find(versions->begin(), versions->end(), present.version) == versions->end())
      co_return fail(Errc::precondition_failed,
                     "the article has version " + std::to_string(present.version));
    if (says(present, s))
      co_return present;
    auto rows = co_await inside.query(
      replace_sql, {id, s.title, s.body, s.tags, s.url, s.audience.value_or(Audience::all), now});
    if (!rows)
      co_return fail(std::move(rows.error()));
    co_return to_article(rows->front());
  });
}

task<Result<Article>> find_article(Session& session, ArticleId id, std::optional<Role> reader) {
  auto rows = co_await session.query(find_sql, {reader, id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return no_article();
  co_return to_article(rows->front());
}

task<Done> delete_article(Session& session, ArticleId id) {
  auto rows = co_await session.query(delete_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 0)
    co_return no_article();
  co_return Done{};
}

task<Result<ArticlePage>> list_articles(Session& session, Role reader, ListArticles query) {
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  if (query.q && !query.q->empty())
    co_return co_await matching(session, reader, std::move(query), limit);
  co_return co_await latest(session, reader, std::move(query), limit);
}

task<Result<std::vector<Article>>> articles_page(Session& session, std::optional<ArticleId> after,
                                                 std::size_t limit) {
  auto rows = co_await session.query(page_sql, {after.value_or(ArticleId{}), limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<Article> list;
  for (auto row : *rows)
    list.push_back(to_article(row));
  co_return list;
}

}  // namespace jobraker::storage
