#include <algorithm>

#include "storage/interview_rows.hpp"
#include "storage/interviews.hpp"

namespace jobraker::storage {
namespace {

constexpr std::size_t limit_max = 200;
constexpr std::chrono::minutes shortest{5};
constexpr std::chrono::hours longest{12};

constexpr std::string_view offer_sql =
  "WITH s AS (INSERT INTO interview_slots "
  "(id, owner, company_id, starts_at, ends_at, time_zone) "
  "SELECT t.id, u.id, u.company_id, t.starts_at, t.ends_at, $5 FROM users u, "
  "unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) t (id, starts_at, ends_at) "
  "WHERE u.id = $1 RETURNING *) "
  "SELECT " SLOT_COLUMNS " FROM s " SLOT_JOINS " ORDER BY s.starts_at";

// A whole name before a part of one.
constexpr std::string_view free_sql =
  "WITH named AS (SELECT id, company_key(name) = company_key($2) AS whole FROM companies "
  "WHERE company_key($2) <> '' AND strpos(company_key(name), company_key($2)) > 0) "
  "SELECT " SLOT_COLUMNS " FROM interview_slots s " SLOT_JOINS " WHERE s.taken_by IS NULL "
  "AND ($1::uuid IS NULL OR s.company_id = $1) AND ($2 = '' OR s.company_id IN ("
  "SELECT id FROM named WHERE whole OR NOT (SELECT bool_or(whole) FROM named))) "
  "AND s.starts_at >= $3 AND ($4::timestamptz IS NULL OR s.starts_at < $4) "
  "ORDER BY s.starts_at, s.id LIMIT $5";

constexpr std::string_view of_employer_sql =
  "SELECT " SLOT_COLUMNS " FROM interview_slots s " SLOT_JOINS " WHERE s.owner = $1 "
  "AND s.starts_at >= $2 AND ($3::timestamptz IS NULL OR s.starts_at < $3) "
  "ORDER BY s.starts_at, s.id LIMIT $4";

constexpr std::string_view find_sql =
  "SELECT " SLOT_COLUMNS " FROM interview_slots s " SLOT_JOINS " WHERE s.id = $1";

// Of those that come at once the first holds the row's lock; the others look again when it is free,
// and find the slot taken.
constexpr std::string_view take_sql =
  "WITH s AS (UPDATE interview_slots SET taken_by = $2 WHERE id = $1 AND taken_by IS NULL "
  "AND starts_at > $3 AND owner <> $2 AND ($4::uuid IS NULL OR owner = $4) RETURNING *) "
  "SELECT " SLOT_COLUMNS " FROM s " SLOT_JOINS;

constexpr std::string_view give_back_sql = R"sql(
  UPDATE interview_slots SET taken_by = NULL, round = round + 1 WHERE id = $1
)sql";

// Whoever waited for the lock looks again: of those who lost nobody holds it for even a moment.
constexpr std::string_view lock_sql = R"sql(
  SELECT round FROM interview_slots WHERE id = $1 AND (taken_by IS NULL OR taken_by = $2) FOR UPDATE
)sql";

Slot to_slot(const Row& row) {
  Slot s;
  row.read(s.id, s.owner, s.company_id, s.company, s.starts_at, s.ends_at, s.time_zone, s.taken);
  return s;
}

Result<std::vector<Slot>> to_slots(const Result<Rows>& rows) {
  if (!rows)
    return fail(rows.error());
  std::vector<Slot> slots;
  for (auto row : *rows)
    slots.push_back(to_slot(row));
  return slots;
}

Done check(const std::vector<SlotTime>& times, Time now) {
  Error error{Errc::invalid, "a time cannot be offered", {}, {}};
  for (std::size_t i = 0; i < times.size(); ++i) {
    auto at = "/slots/" + std::to_string(i);
    auto length = times[i].ends_at - times[i].starts_at;
    if (length < shortest || length > longest)
      error.fields.push_back({at, "must be between 5 minutes and 12 hours long"});
    else if (times[i].starts_at <= now)
      error.fields.push_back({at, "must begin in the future"});
  }
  if (error.fields.empty())
    return {};
  return fail(std::move(error));
}

std::string why_not(const Slot& slot, UserId user, std::optional<UserId> employer, Time now) {
  if (slot.taken)
    return "this slot is taken";
  if (slot.starts_at <= now)
    return "this slot is over";
  if (slot.owner == user)
    return "this slot is one's own";
  if (employer && slot.owner != *employer)
    return "this slot is another company's";
  return "this slot is taken";  // and was given back meanwhile
}

/// Why this person cannot have the slot.
task<tl::unexpected<Error>> refused(Session& session, SlotId id, UserId user,
                                    std::optional<UserId> employer, Time now) {
  auto slot = co_await find_slot(session, id);
  if (!slot)
    co_return fail(std::move(slot.error()));
  co_return fail(Errc::conflict, why_not(*slot, user, employer, now));
}

}  // namespace

task<Result<std::vector<Slot>>> offer_slots(Session& session, UserId employer,
                                            std::vector<SlotTime> times, std::string time_zone,
                                            Time now) {
  if (auto good = check(times, now); !good)
    co_return fail(std::move(good.error()));
  std::vector<SlotId> ids;
  std::vector<Time> starts;
  std::vector<Time> ends;
  for (const auto& time : times) {
    ids.push_back(SlotId::fresh());
    starts.push_back(time.starts_at);
    ends.push_back(time.ends_at);
  }
  auto rows = co_await session.query(offer_sql, {employer, ids, starts, ends, time_zone});
  if (!rows && rows.error().code == Errc::conflict)
    co_return fail(Errc::conflict, "a slot overlaps with another one");
  co_return to_slots(rows);
}

task<Result<std::vector<Slot>>> free_slots(Session& session, SlotQuery query) {
  auto limit = std::clamp<std::size_t>(query.limit, 1, limit_max);
  co_return to_slots(co_await session.query(
    free_sql, {query.company_id, query.company, query.from, query.to, limit}));
}

task<Result<std::vector<Slot>>> slots_of(Session& session, UserId employer, Time from,
                                         std::optional<Time> to, std::size_t limit) {
  limit = std::clamp<std::size_t>(limit, 1, limit_max);
  co_return to_slots(co_await session.query(of_employer_sql, {employer, from, to, limit}));
}

task<Result<Slot>> find_slot(Session& session, SlotId id) {
  auto rows = co_await session.query(find_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such slot");
  co_return to_slot(rows->front());
}

task<Result<std::int64_t>> lock_slot(Session& session, SlotId id, UserId user, Time now) {
  auto rows = co_await session.query(lock_sql, {id, user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (!rows->empty())
    co_return rows->front().get<std::int64_t>(0);
  co_return co_await refused(session, id, user, std::nullopt, now);
}

task<Result<Slot>> take_slot(Session& session, SlotId id, UserId user,
                             std::optional<UserId> employer, Time now) {
  auto rows = co_await session.query(take_sql, {id, user, now, employer});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (!rows->empty())
    co_return to_slot(rows->front());
  co_return co_await refused(session, id, user, employer, now);
}

task<Done> give_back_slot(Session& session, SlotId id) {
  auto rows = co_await session.query(give_back_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

}  // namespace jobraker::storage
