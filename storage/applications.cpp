#include "storage/applications.hpp"

#include <algorithm>

#include "messages/make_event.hpp"
#include "storage/application_rows.hpp"
#include "storage/outbox.hpp"
#include "storage/place.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 100;

// A posting that has been merged into another counts as that one.
constexpr std::string_view create_sql =
  "WITH posting AS (SELECT coalesce(merged_into, id) AS id, title, company, source_url FROM jobs "
  "WHERE id = $3), a AS (INSERT INTO applications "
  "(id, user_id, job_id, company, job_title, status, url, notes, created_at, updated_at, "
  "status_at) "
  "SELECT $1, $2, (SELECT id FROM posting), "
  "coalesce(nullif($4, ''), (SELECT company FROM posting), ''), "
  "coalesce(nullif($5, ''), (SELECT title FROM posting), ''), $6, "
  "coalesce($7, (SELECT nullif(source_url, '') FROM posting)), $8, $9, $9, $9 "
  "WHERE $3::uuid IS NULL OR EXISTS (SELECT FROM posting) RETURNING *), "
  "e AS (INSERT INTO application_events (application_id, seq, at, status, detail) "
  "SELECT id, 1, $9, status, jsonb_build_object('text', $10::text) FROM a) "
  "SELECT " APPLICATION_COLUMNS " FROM a";

#define OF_OWNER "a.id = $1 AND ($2::uuid IS NULL OR a.user_id = $2)"

constexpr std::string_view find_sql =
  "SELECT " APPLICATION_COLUMNS " FROM applications a WHERE " OF_OWNER;

constexpr std::string_view lock_sql =
  "SELECT " APPLICATION_COLUMNS " FROM applications a WHERE " OF_OWNER " FOR UPDATE";

// The posting it is for counts as the one that it was merged into.
constexpr std::string_view for_job_sql =
  "SELECT " APPLICATION_COLUMNS " FROM applications a JOIN jobs j ON j.id = a.job_id "
  "WHERE a.user_id = $1 AND coalesce(j.merged_into, j.id) = "
  "(SELECT coalesce(merged_into, id) FROM jobs WHERE id = $2) "
  "ORDER BY a.status IN ('draft', 'withdrawn'), a.created_at, a.id LIMIT 1";

constexpr std::string_view list_sql =
  "SELECT " APPLICATION_COLUMNS " FROM applications a WHERE a.user_id = $1 "
  "AND ($2::text IS NULL OR a.status = $2) "
  "AND ($3::text IS NULL OR (company_key($3) <> '' AND strpos(a.company_key, company_key($3)) > 0))"
  " AND ($4::timestamptz IS NULL OR (a.updated_at, a.id) < ($4, $5::uuid)) "
  "ORDER BY a.updated_at DESC, a.id DESC LIMIT $6";

constexpr std::string_view events_sql =
  "SELECT e.seq, e.at, e.status, coalesce(e.detail ->> 'text', '') FROM applications a "
  "JOIN application_events e ON e.application_id = a.id WHERE " OF_OWNER " ORDER BY e.seq";

// The row's counter and not max(seq): it is read again when the row's lock was waited for.
constexpr std::string_view change_sql =
  "WITH a AS (UPDATE applications SET status = $2, "
  "status_at = CASE WHEN status = $2 THEN status_at ELSE $5 END, notes = coalesce($3, notes), "
  "url = coalesce($4, url), events = events + $7::boolean::int, "
  "updated_at = greatest(updated_at, $5::timestamptz) WHERE id = $1 RETURNING *), "
  "e AS (INSERT INTO application_events (application_id, seq, at, status, detail) "
  "SELECT id, events, $5, status, jsonb_build_object('text', $6::text) FROM a WHERE $7) "
  "SELECT " APPLICATION_COLUMNS ", a.events FROM a";

/// Tells the world where an application stands now.
task<Done> tell(Session& session, const Application& a, std::optional<ApplicationStatus> previous,
                std::int64_t seq, Time now) {
  ApplicationStatusChanged happened{a.id, a.user_id, a.job_id, a.company, std::nullopt, {}, seq};
  if (previous)
    happened.previous = name_of(*previous);
  happened.status = name_of(a.status);
  co_return co_await append_events(session, {make_event(happened, now)});
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
  auto changed = to_application(rows->front());
  if (status != present.status)
    if (auto told = co_await tell(session, changed, present.status,
                                  rows->front().get<std::int64_t>(application_columns), now);
        !told)
      co_return fail(std::move(told.error()));
  co_return changed;
}

std::string cannot(ApplicationStatus from, ApplicationStatus to) {
  return "an application that is " + std::string{name_of(from)} + " cannot become " +
         std::string{name_of(to)};
}

}  // namespace

task<Result<Application>> create_application(Session& session, NewApplication n, Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Application>> {
    auto rows =
      co_await inside.query(create_sql, {ApplicationId::fresh(), n.user, n.job, n.company,
                                         n.job_title, n.status, n.url, n.notes, now, n.detail});
    if (!rows && rows.error().code == Errc::conflict)
      co_return fail(Errc::conflict, "there is an application for this posting already");
    if (!rows)
      co_return fail(std::move(rows.error()));
    if (rows->empty())
      co_return fail(Errc::not_found, "there is no such job");
    auto made = to_application(rows->front());
    if (auto told = co_await tell(inside, made, std::nullopt, 1, now); !told)
      co_return fail(std::move(told.error()));
    co_return made;
  });
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

task<Result<Application>> find_application(Session& session, ApplicationId id,
                                           std::optional<UserId> owner) {
  auto rows = co_await session.query(find_sql, {id, owner});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return no_application();
  co_return to_application(rows->front());
}

task<Result<std::optional<Application>>> find_application_for(Session& session, UserId user,
                                                              JobId job) {
  auto rows = co_await session.query(for_job_sql, {user, job});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return std::nullopt;
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

task<Result<Application>> note_application(Session& session, ApplicationId id, std::string detail,
                                           Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Application>> {
    auto present = co_await lock_application(inside, id, std::nullopt);
    if (!present)
      co_return present;
    ChangeApplication change;
    change.detail = detail;
    co_return co_await write(inside, *present, std::move(change), now);
  });
}

}  // namespace jobraker::storage
