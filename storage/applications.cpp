#include "storage/applications.hpp"

#include <algorithm>

#include "storage/place.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 100;
constexpr std::size_t found_max = 20;

/// Of `applications a`.
#define APPLICATION_COLUMNS                                                                        \
  "a.id, a.user_id, a.job_id, a.company, a.job_title, a.status, a.url, a.notes, a.created_at, "    \
  "a.updated_at"
constexpr std::size_t application_columns = 10;

// A posting that has been merged into another counts as that one.
constexpr std::string_view create_sql =
  "WITH posting AS (SELECT coalesce(merged_into, id) AS id, title, company, source_url FROM jobs "
  "WHERE id = $3), a AS (INSERT INTO applications "
  "(id, user_id, job_id, company, job_title, status, url, notes, created_at, updated_at) "
  "SELECT $1, $2, (SELECT id FROM posting), "
  "coalesce(nullif($4, ''), (SELECT company FROM posting), ''), "
  "coalesce(nullif($5, ''), (SELECT title FROM posting), ''), $6, "
  "coalesce($7, (SELECT nullif(source_url, '') FROM posting)), $8, $9, $9 "
  "WHERE $3::uuid IS NULL OR EXISTS (SELECT FROM posting) RETURNING *), "
  "e AS (INSERT INTO application_events (application_id, seq, at, status, detail) "
  "SELECT id, 1, $9, status, jsonb_build_object('text', $10::text) FROM a) "
  "SELECT " APPLICATION_COLUMNS " FROM a";

#define OF_OWNER "a.id = $1 AND ($2::uuid IS NULL OR a.user_id = $2)"

constexpr std::string_view find_sql =
  "SELECT " APPLICATION_COLUMNS " FROM applications a WHERE " OF_OWNER;

constexpr std::string_view lock_sql =
  "SELECT " APPLICATION_COLUMNS " FROM applications a WHERE " OF_OWNER " FOR UPDATE";

constexpr std::string_view list_sql =
  "SELECT " APPLICATION_COLUMNS " FROM applications a WHERE a.user_id = $1 "
  "AND ($2::text IS NULL OR a.status = $2) "
  "AND ($3::text IS NULL OR (company_key($3) <> '' AND strpos(a.company_key, company_key($3)) > 0))"
  " AND ($4::timestamptz IS NULL OR (a.updated_at, a.id) < ($4, $5::uuid)) "
  "ORDER BY a.updated_at DESC, a.id DESC LIMIT $6";

// Short names would be part of too many others.
constexpr std::string_view named_sql =
  "WITH k AS (SELECT company_key($2) AS key), hits AS ("
  "SELECT a.*, a.company_key = k.key AS whole FROM applications a, k "
  "WHERE a.user_id = $1 AND k.key <> '' AND (a.company_key = k.key "
  "OR (length(k.key) >= 3 AND strpos(a.company_key, k.key) > 0) "
  "OR (length(a.company_key) >= 4 AND strpos(k.key, a.company_key) > 0))) "
  "SELECT " APPLICATION_COLUMNS ", lower(a.job_title), lower($3) FROM hits a "
  "WHERE a.whole OR NOT (SELECT bool_or(whole) FROM hits) "
  "ORDER BY a.updated_at DESC, a.id DESC LIMIT 500";

constexpr std::string_view events_sql =
  "SELECT e.seq, e.at, e.status, coalesce(e.detail ->> 'text', '') FROM applications a "
  "JOIN application_events e ON e.application_id = a.id WHERE " OF_OWNER " ORDER BY e.seq";

// The row's counter and not max(seq): it is read again when the row's lock was waited for.
constexpr std::string_view change_sql =
  "WITH a AS (UPDATE applications SET status = $2, notes = coalesce($3, notes), "
  "url = coalesce($4, url), events = events + $7::boolean::int, "
  "updated_at = greatest(updated_at, $5::timestamptz) WHERE id = $1 RETURNING *), "
  "e AS (INSERT INTO application_events (application_id, seq, at, status, detail) "
  "SELECT id, events, $5, status, jsonb_build_object('text', $6::text) FROM a WHERE $7) "
  "SELECT " APPLICATION_COLUMNS " FROM a";

Application to_application(const Row& row) {
  Application a;
  row.read(a.id, a.user_id, a.job_id, a.company, a.job_title, a.status, a.url, a.notes,
           a.created_at, a.updated_at);
  return a;
}

tl::unexpected<Error> no_application() {
  return fail(Errc::not_found, "there is no such application");
}

/// Words of letters and digits; bytes of other alphabets count as letters.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool part = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte >= 0x80;
    if (part)
      word.push_back(c);
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  }
  if (!word.empty())
    words.push_back(std::move(word));
  return words;
}

/// How well a title fits the wish, both lower case: the share of the wish's words that are in it, 2
/// when there are no others.
double fit(const std::vector<std::string>& wish, std::string_view title) {
  auto words = words_of(title);
  auto has = [&](const std::string& wanted) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      return word == wanted || (wanted.size() >= 4 && word.starts_with(wanted)) ||
             (word.size() >= 4 && wanted.starts_with(word));
    });
  };
  auto shared = std::count_if(wish.begin(), wish.end(), has);
  if (shared == std::ssize(wish) && words.size() == wish.size())
    return 2;
  return static_cast<double>(shared) / static_cast<double>(wish.size());
}

/// Those that fit best; half of the words are the least that counts as fitting.
std::vector<Application> best_of(const Rows& rows) {
  std::vector<Application> all;
  std::vector<double> fits;
  double best = 0;
  for (auto row : rows) {
    all.push_back(to_application(row));
    auto wish = words_of(row.get<std::string>(application_columns + 1));
    fits.push_back(wish.empty() ? 0 : fit(wish, row.get<std::string>(application_columns)));
    best = std::max(best, fits.back());
  }
  std::vector<Application> kept;
  for (std::size_t i = 0; i < all.size() && kept.size() < found_max; ++i)
    if (best < 0.5 || fits[i] == best)
      kept.push_back(std::move(all[i]));
  return kept;
}

task<Result<Application>> lock_application(Session& session, ApplicationId id,
                                           std::optional<UserId> owner) {
  auto rows = co_await session.query(lock_sql, {id, owner});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return no_application();
  co_return to_application(rows->front());
}

task<Result<Application>> write(Session& session, const Application& present,
                                ChangeApplication change, Time now) {
  auto status = change.status.value_or(present.status);
  auto detail = change.detail.value_or("");
  bool event = status != present.status || !detail.empty();
  auto rows = co_await session.query(
    change_sql, {present.id, status, change.notes, change.url, now, detail, event});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_application(rows->front());
}

std::string cannot(ApplicationStatus from, ApplicationStatus to) {
  return "an application that is " + std::string{name_of(from)} + " cannot become " +
         std::string{name_of(to)};
}

}  // namespace

task<Result<Application>> create_application(Session& session, NewApplication n, Time now) {
  auto rows =
    co_await session.query(create_sql, {ApplicationId::fresh(), n.user, n.job, n.company,
                                        n.job_title, n.status, n.url, n.notes, now, n.detail});
  if (!rows && rows.error().code == Errc::conflict)
    co_return fail(Errc::conflict, "there is an application for this posting already");
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such job");
  co_return to_application(rows->front());
}

task<Result<Application>> find_application(Session& session, ApplicationId id,
                                           std::optional<UserId> owner) {
  auto rows = co_await session.query(find_sql, {id, owner});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return no_application();
  co_return to_application(rows->front());
}

task<Result<ApplicationPage>> list_applications(Session& session, UserId user,
                                                ListApplications query) {
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  std::optional<Place> place;
  if (query.cursor) {
    place = from_cursor(*query.cursor);
    if (!place)
      co_return fail(Errc::invalid, "the cursor is not one of this list");
  }
  Params params{user, query.status, query.company};
  params.add(place ? std::optional{place->at} : std::nullopt)
    .add(place ? std::optional{place->id} : std::nullopt)
    .add(limit + 1);
  auto rows = co_await session.query(list_sql, std::move(params));
  if (!rows)
    co_return fail(std::move(rows.error()));
  ApplicationPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_application((*rows)[i]));
  if (rows->size() > limit)
    page.next = to_cursor({page.items.back().updated_at, page.items.back().id.uuid});
  co_return page;
}

task<Result<std::vector<Application>>> find_applications(Session& session, UserId user,
                                                         std::string company, std::string title) {
  auto rows = co_await session.query(named_sql, {user, company, title});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return best_of(*rows);
}

task<Result<std::vector<ApplicationEvent>>> application_events(Session& session, ApplicationId id,
                                                               std::optional<UserId> owner) {
  auto rows = co_await session.query(events_sql, {id, owner});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())  // the first event is as old as the application
    co_return no_application();
  std::vector<ApplicationEvent> events;
  for (auto row : *rows) {
    auto& event = events.emplace_back();
    row.read(event.seq, event.at, event.status, event.detail);
  }
  co_return events;
}

task<Result<Application>> change_application(Session& session, ApplicationId id,
                                             std::optional<UserId> owner, ChangeApplication change,
                                             Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Application>> {
    auto present = co_await lock_application(inside, id, owner);
    if (!present)
      co_return fail(std::move(present.error()));
    auto to = change.status.value_or(present->status);
    if (to != present->status && !is_manual(to))
      co_return fail(Error{Errc::invalid,
                           "this status is not set by hand",
                           {{"/status", "must be submitted, interviewing, offered, rejected or "
                                        "withdrawn"}},
                           {}});
    if (to != present->status && !may_move_by_hand(present->status, to))
      co_return fail(Errc::conflict, cannot(present->status, to));
    co_return co_await write(inside, *present, change, now);
  });
}

task<Result<Application>> move_application(Session& session, ApplicationId id,
                                           ApplicationStatus status, std::string detail, Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Application>> {
    auto present = co_await lock_application(inside, id, std::nullopt);
    if (!present || present->status == status)
      co_return present;
    if (!may_move(present->status, status))
      co_return fail(Errc::conflict, cannot(present->status, status));
    ChangeApplication change;
    change.status = status;
    change.detail = detail;
    co_return co_await write(inside, *present, std::move(change), now);
  });
}

}  // namespace jobraker::storage
