#include "storage/interviews.hpp"

#include <algorithm>

#include "storage/applications.hpp"
#include "storage/interview_rows.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 200;
constexpr std::chrono::hours longest{24};

/// Of `interviews i`.
#define INTERVIEW_COLUMNS                                                                          \
  "i.id, i.user_id, i.application_id, i.slot_id, i.company, i.job_title, i.starts_at, i.ends_at, " \
  "i.status, i.location, i.notes, i.version, i.created_at, i.updated_at, i.employer"
constexpr std::size_t interview_columns = 14;  // and the employer

/// People see theirs, employers those in their slots.
#define OF_OWNER "i.id = $1 AND ($2::uuid IS NULL OR i.user_id = $2 OR i.employer = $2)"

constexpr std::string_view create_sql =
  "INSERT INTO interviews AS i (id, user_id, employer, application_id, slot_id, company, "
  "job_title, starts_at, ends_at, status, location, notes, created_at, updated_at) "
  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'scheduled', $10, $11, $12, $12) "
  "RETURNING " INTERVIEW_COLUMNS;

constexpr std::string_view find_sql =
  "SELECT " INTERVIEW_COLUMNS " FROM interviews i WHERE " OF_OWNER;

constexpr std::string_view lock_sql =
  "SELECT " INTERVIEW_COLUMNS " FROM interviews i WHERE " OF_OWNER " FOR UPDATE";

constexpr std::string_view list_sql =
  "SELECT " INTERVIEW_COLUMNS " FROM interviews i WHERE (i.user_id = $1 OR i.employer = $1) "
  "AND ($2::text IS NULL OR i.status = $2) AND ($3::timestamptz IS NULL OR i.ends_at > $3) "
  "AND ($4::timestamptz IS NULL OR i.starts_at < $4) ORDER BY i.starts_at, i.id LIMIT $5";

constexpr std::string_view change_sql =
  "UPDATE interviews i SET slot_id = $2, starts_at = $3, ends_at = $4, status = $5, "
  "location = $6, notes = $7, version = version + 1, updated_at = greatest(updated_at, $8) "
  "WHERE i.id = $1 RETURNING " INTERVIEW_COLUMNS;

Interview to_interview(const Row& row) {
  Interview i;
  row.read(i.id, i.user_id, i.application_id, i.slot_id, i.company, i.job_title, i.starts_at,
           i.ends_at, i.status, i.location, i.notes, i.version, i.created_at, i.updated_at);
  return i;
}

tl::unexpected<Error> invalid(std::string pointer, std::string detail) {
  return fail(
    Error{Errc::invalid, pointer.substr(1) + " " + detail, {{std::move(pointer), detail}}, {}});
}

Done check_span(Time starts_at, Time ends_at) {
  if (ends_at > starts_at && ends_at - starts_at <= longest)
    return {};
  return invalid("/ends_at", "must lie after starts_at, at most a day");
}

bool over(const Application& a) {
  return a.status == ApplicationStatus::rejected || a.status == ApplicationStatus::withdrawn;
}

/// The application that is named; or the only one to this company that is not over.
task<Result<std::optional<Application>>> application_for(Session& session, UserId user,
                                                         std::optional<ApplicationId> id,
                                                         std::string company) {
  if (id) {
    auto named = co_await find_application(session, *id, user);
    if (!named)
      co_return fail(std::move(named.error()));
    co_return std::move(*named);
  }
  if (company.empty())
    co_return std::nullopt;
  auto found = co_await find_applications(session, user, company);
  if (!found)
    co_return fail(std::move(found.error()));
  std::erase_if(*found, over);
  if (found->size() != 1)
    co_return std::nullopt;
  co_return std::move(found->front());
}

task<Result<Interview>> store(Session& session, NewInterview n, std::optional<UserId> employer,
                              std::optional<SlotId> slot, Time now) {
  auto rows = co_await session.query(
    create_sql, {InterviewId::fresh(), n.user, employer, n.application, slot, n.company,
                 n.job_title, n.starts_at, n.ends_at, n.location, n.notes, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_interview(rows->front());
}

/// Fills in what the application knows, and moves it on.
task<Done> follow_application(Session& session, NewInterview& n,
                              const std::optional<Application>& application, Time now) {
  if (!application)
    co_return Done{};
  n.application = application->id;
  if (n.company.empty())
    n.company = application->company;
  if (n.job_title.empty())
    n.job_title = application->job_title;
  if (application->status != ApplicationStatus::submitted)
    co_return Done{};
  auto moved = co_await move_application(session, application->id, ApplicationStatus::interviewing,
                                         "An interview has been scheduled.", now);
  if (!moved)
    co_return fail(std::move(moved.error()));
  co_return Done{};
}

/// An interview and whose slot it is in.
struct Locked {
  Interview interview{};
  std::optional<UserId> employer{};
};

bool is_over(const Interview& i) {
  return i.status == InterviewStatus::cancelled || i.status == InterviewStatus::done;
}

/// Rules that need no other row.
Done check_change(const Locked& present, const ChangeInterview& change) {
  const auto& i = present.interview;
  bool moves = change.slot_id || change.starts_at || change.ends_at;
  bool ends = change.status && *change.status != i.status;
  if (is_over(i) && (moves || ends || change.location))
    return fail(Errc::conflict, "this interview is " + std::string{name_of(i.status)});
  if (ends && *change.status != InterviewStatus::cancelled &&
      *change.status != InterviewStatus::done)
    return invalid("/status", "must be cancelled or done");
  if (ends && moves)
    return invalid("/status", "cannot go with another time");
  if (change.slot_id && (change.starts_at || change.ends_at))
    return invalid("/slot_id", "cannot go with starts_at or ends_at");
  if (change.starts_at.has_value() != change.ends_at.has_value())
    return invalid("/ends_at", "goes with starts_at");
  if (!change.starts_at)
    return {};
  if (i.slot_id)
    return invalid("/starts_at", "is the slot's; choose another slot_id");
  return check_span(*change.starts_at, *change.ends_at);
}

task<Result<Interview>> apply(Session& session, Locked present, ChangeInterview change, Time now) {
  auto i = present.interview;
  auto old_slot = i.slot_id;
  if (change.slot_id && change.slot_id != i.slot_id) {
    auto slot = co_await take_slot(session, *change.slot_id, i.user_id, present.employer, now);
    if (!slot)
      co_return fail(std::move(slot.error()));
    i.slot_id = slot->id;
    i.starts_at = slot->starts_at;
    i.ends_at = slot->ends_at;
    i.status = InterviewStatus::rescheduled;
  } else if (change.starts_at &&
             (*change.starts_at != i.starts_at || *change.ends_at != i.ends_at)) {
    i.starts_at = *change.starts_at;
    i.ends_at = *change.ends_at;
    i.status = InterviewStatus::rescheduled;
  }
  if (change.status)
    i.status = *change.status;
  if (i.status == InterviewStatus::cancelled)
    i.slot_id.reset();
  i.location = change.location.value_or(i.location);
  i.notes = change.notes.value_or(i.notes);
  if (i == present.interview)
    co_return i;
  if (old_slot && old_slot != i.slot_id)
    if (auto back = co_await give_back_slot(session, *old_slot); !back)
      co_return fail(std::move(back.error()));
  auto rows = co_await session.query(
    change_sql, {i.id, i.slot_id, i.starts_at, i.ends_at, i.status, i.location, i.notes, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_interview(rows->front());
}

}  // namespace

task<Result<Interview>> book_slot(Session& session, SlotBooking booking, Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Interview>> {
    auto slot = co_await take_slot(inside, booking.slot, booking.user, std::nullopt, now);
    if (!slot)
      co_return fail(std::move(slot.error()));
    auto application =
      co_await application_for(inside, booking.user, booking.application, slot->company);
    if (!application)
      co_return fail(std::move(application.error()));
    NewInterview n;
    n.user = booking.user;
    n.company = slot->company;
    n.job_title = booking.job_title;
    n.starts_at = slot->starts_at;
    n.ends_at = slot->ends_at;
    n.location = booking.location;
    n.notes = booking.notes;
    if (auto done = co_await follow_application(inside, n, *application, now); !done)
      co_return fail(std::move(done.error()));
    co_return co_await store(inside, std::move(n), slot->owner, slot->id, now);
  });
}

task<Result<Interview>> create_interview(Session& session, NewInterview interview, Time now) {
  if (auto good = check_span(interview.starts_at, interview.ends_at); !good)
    co_return fail(std::move(good.error()));
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Interview>> {
    auto n = interview;
    auto application = co_await application_for(inside, n.user, n.application, n.company);
    if (!application)
      co_return fail(std::move(application.error()));
    if (auto done = co_await follow_application(inside, n, *application, now); !done)
      co_return fail(std::move(done.error()));
    if (n.company.empty())
      co_return invalid("/company", "is required without an application");
    co_return co_await store(inside, std::move(n), std::nullopt, std::nullopt, now);
  });
}

task<Result<Interview>> find_interview(Session& session, InterviewId id,
                                       std::optional<UserId> owner) {
  auto rows = co_await session.query(find_sql, {id, owner});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such interview");
  co_return to_interview(rows->front());
}

task<Result<std::vector<Interview>>> list_interviews(Session& session, UserId user,
                                                     ListInterviews query) {
  auto limit = std::clamp<std::int64_t>(query.limit, 1, limit_max);
  auto rows = co_await session.query(list_sql, {user, query.status, query.from, query.to, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<Interview> list;
  for (auto row : *rows)
    list.push_back(to_interview(row));
  co_return list;
}

task<Result<Interview>> change_interview(Session& session, InterviewId id,
                                         std::optional<UserId> owner, ChangeInterview change,
                                         Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Interview>> {
    auto rows = co_await inside.query(lock_sql, {id, owner});
    if (!rows)
      co_return fail(std::move(rows.error()));
    if (rows->empty())
      co_return fail(Errc::not_found, "there is no such interview");
    Locked present{to_interview(rows->front()),
                   rows->front().get<std::optional<UserId>>(interview_columns)};
    if (auto good = check_change(present, change); !good)
      co_return fail(std::move(good.error()));
    co_return co_await apply(inside, std::move(present), change, now);
  });
}

}  // namespace jobraker::storage
