#include "storage/interviews.hpp"

#include <algorithm>

#include "storage/interview_rows.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 200;
constexpr std::chrono::hours longest{24};

/// People see theirs, employers those in their slots.
#define OF_OWNER "i.id = $1 AND ($2::uuid IS NULL OR i.user_id = $2 OR i.employer = $2)"

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
  "location = $6, notes = $7, time_zone = $8, employer = $9, employer_time_zone = $10, "
  "version = version + 1, updated_at = greatest(updated_at, $11) WHERE i.id = $1 "
  "RETURNING " INTERVIEW_COLUMNS;

bool is_over(const Interview& i) {
  return i.status == InterviewStatus::cancelled || i.status == InterviewStatus::done;
}

/// Rules that need no other row.
Done check_change(const Interview& i, const InterviewChange& change) {
  if (change.versions && std::find(change.versions->begin(), change.versions->end(), i.version) ==
                           change.versions->end())
    return fail(Errc::precondition_failed, "the interview has changed meanwhile");
  bool moves = change.slot_id || change.starts_at || change.ends_at;
  bool ends = change.status && *change.status != i.status;
  if (is_over(i) && (moves || ends || change.location || change.time_zone))
    return fail(Errc::conflict, "this interview is " + std::string{name_of(i.status)});
  if (ends && *change.status != InterviewStatus::cancelled &&
      *change.status != InterviewStatus::done)
    return invalid_member("/status", "must be cancelled or done");
  if (ends && moves)
    return invalid_member("/status", "cannot go with another time");
  if (change.slot_id && (change.starts_at || change.ends_at))
    return invalid_member("/slot_id", "cannot go with starts_at or ends_at");
  if (change.starts_at.has_value() != change.ends_at.has_value())
    return invalid_member("/ends_at", "goes with starts_at");
  if (!change.starts_at)
    return {};
  if (i.slot_id)
    return invalid_member("/starts_at", "is the slot's; choose another slot_id");
  return check_span(*change.starts_at, *change.ends_at);
}

/// Writes what has become of an interview; a slot that it is no longer in is free.
task<Result<Interview>> write(Session& session, const Interview& before, Interview i, Time now) {
  if (i.status == InterviewStatus::cancelled)
    i.slot_id.reset();
  if (i == before)
    co_return i;
  if (before.slot_id && before.slot_id != i.slot_id)
    if (auto back = co_await give_back_slot(session, *before.slot_id); !back)
      co_return fail(std::move(back.error()));
  co_return to_written(co_await session.query(
    change_sql, {i.id, i.slot_id, i.starts_at, i.ends_at, i.status, i.location, i.notes,
                 i.time_zone, i.employer, i.employer_time_zone, now}));
}

/// The interview in another of the employer's slots, with what else has changed.
task<Result<Interview>> move_to(Session& session, const Interview& before, Interview i, SlotId to,
                                Time now) {
  auto slot = co_await take_slot(session, to, i.user_id, before.employer, now);
  if (!slot)
    co_return fail(std::move(slot.error()));
  i.employer = slot->owner;
  i.slot_id = slot->id;
  i.starts_at = slot->starts_at;
  i.ends_at = slot->ends_at;
  i.employer_time_zone = slot->time_zone;
  i.status = InterviewStatus::rescheduled;
  co_return co_await write(session, before, std::move(i), now);
}

task<Result<Interview>> apply(Session& session, const Interview& before, InterviewChange change,
                              std::optional<UserId> by, Time now) {
  auto i = before;
  i.location = change.location.value_or(i.location);
  i.notes = change.notes.value_or(i.notes);
  auto& zone = by && by == before.employer ? i.employer_time_zone : i.time_zone;
  zone = change.time_zone.value_or(zone);
  i.status = change.status.value_or(i.status);
  if (change.slot_id && change.slot_id != i.slot_id) {
    auto round = co_await lock_slot(session, *change.slot_id, i.user_id, now);
    if (!round)
      co_return fail(std::move(round.error()));
    auto content = to_string(effect_key({"move", to_string(i.id), to_string(*change.slot_id)}));
    co_return co_await make_once(
      session, effect_key({content, std::to_string(*round)}), content, now,
      [&]() { return move_to(session, before, i, *change.slot_id, now); });
  }
  if (change.starts_at && (*change.starts_at != i.starts_at || *change.ends_at != i.ends_at)) {
    i.starts_at = *change.starts_at;
    i.ends_at = *change.ends_at;
    i.status = InterviewStatus::rescheduled;
  }
  co_return co_await write(session, before, std::move(i), now);
}

}  // namespace

Interview to_interview(const Row& row) {
  Interview i;
  row.read(i.id, i.user_id, i.employer, i.application_id, i.slot_id, i.company, i.job_title,
           i.starts_at, i.ends_at, i.time_zone, i.employer_time_zone, i.status, i.location, i.notes,
           i.version, i.created_at, i.updated_at);
  return i;
}

Result<Interview> to_written(const Result<Rows>& rows) {
  if (rows)
    return to_interview(rows->front());
  if (rows.error().code == Errc::conflict)
    return fail(Errc::conflict, "there is another interview of this person at that time");
  return fail(rows.error());
}

tl::unexpected<Error> invalid_member(std::string pointer, std::string detail) {
  return fail(
    Error{Errc::invalid, pointer.substr(1) + " " + detail, {{std::move(pointer), detail}}, {}});
}

Done check_span(Time starts_at, Time ends_at) {
  if (ends_at > starts_at && ends_at - starts_at <= longest)
    return {};
  return invalid_member("/ends_at", "must lie after starts_at, at most a day");
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

task<Result<ChangedInterview>> change_interview(Session& session, InterviewId id,
                                                std::optional<UserId> owner, InterviewChange change,
                                                Time now) {
  co_return co_await session.transaction(
    [&](Transaction& inside) -> task<Result<ChangedInterview>> {
      auto rows = co_await inside.query(lock_sql, {id, owner});
      if (!rows)
        co_return fail(std::move(rows.error()));
      if (rows->empty())
        co_return fail(Errc::not_found, "there is no such interview");
      auto before = to_interview(rows->front());
      if (auto good = check_change(before, change); !good)
        co_return fail(std::move(good.error()));
      auto after = co_await apply(inside, before, change, owner, now);
      if (!after)
        co_return fail(std::move(after.error()));
      co_return ChangedInterview{std::move(before), std::move(*after)};
    });
}

}  // namespace jobraker::storage
