#include "storage/reports.hpp"

#include <algorithm>

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 100;

/// Of a report `r` joined by REPORT_JOINS.
#define REPORT_COLUMNS                                                                             \
  "r.id, r.message_id, m.conversation_id, r.reporter, r.reason, r.comment, r.state, m.content, "   \
  "q.content, r.reviewer, r.note, r.created_at, r.reviewed_at"
#define REPORT_JOINS                                                                               \
  "JOIN chat_messages m ON m.id = r.message_id LEFT JOIN chat_messages q "                         \
  "ON q.turn_id = m.turn_id AND q.role = 'user' AND q.id <> m.id"

// What says nothing new must not wake a decided report: a client may send it twice.
constexpr std::string_view report_message_sql =
  "WITH r AS (INSERT INTO message_reports AS o (id, message_id, reporter, reason, comment) "
  "SELECT $1, m.id, c.user_id, $4, $5 FROM chat_messages m "
  "JOIN conversations c ON c.id = m.conversation_id WHERE m.id = $2 AND c.user_id = $3 "
  "ON CONFLICT (message_id, reporter) DO UPDATE SET reason = excluded.reason, "
  "comment = excluded.comment, "
  "state = CASE WHEN (o.reason, o.comment) = (excluded.reason, excluded.comment) "
  "THEN o.state ELSE 'open' END, "
  "reviewer = CASE WHEN (o.reason, o.comment) = (excluded.reason, excluded.comment) "
  "THEN o.reviewer END, "
  "note = CASE WHEN (o.reason, o.comment) = (excluded.reason, excluded.comment) "
  "THEN o.note ELSE '' END, "
  "reviewed_at = CASE WHEN (o.reason, o.comment) = (excluded.reason, excluded.comment) "
  "THEN o.reviewed_at END "
  "RETURNING *) SELECT " REPORT_COLUMNS " FROM r " REPORT_JOINS;

// Ids are ordered by time of birth (RFC 9562 §5.7), so they are the order of the queue, too.
constexpr std::string_view list_reports_sql =
  "SELECT " REPORT_COLUMNS " FROM message_reports r " REPORT_JOINS
  " WHERE ($1::text IS NULL OR r.state = $1) AND ($2::uuid IS NULL OR r.id > $2) "
  "ORDER BY r.id LIMIT $3";

constexpr std::string_view find_report_sql =
  "SELECT " REPORT_COLUMNS " FROM message_reports r " REPORT_JOINS " WHERE r.id = $1";

constexpr std::string_view decide_report_sql =
  "WITH r AS (UPDATE message_reports SET state = $2, reviewer = $3, note = $4, "
  "reviewed_at = now() WHERE id = $1 AND state = 'open' RETURNING *) "
  "SELECT " REPORT_COLUMNS " FROM r " REPORT_JOINS;

ReportView to_report(const Row& row) {
  ReportView r;
  row.read(r.id, r.message_id, r.conversation_id, r.reporter, r.reason, r.comment, r.state,
           r.message, r.question, r.reviewer, r.note, r.created_at, r.reviewed_at);
  return r;
}

ReportState state_of(ReportDecision decision) {
  return decision == ReportDecision::upheld ? ReportState::upheld : ReportState::dismissed;
}

}  // namespace

task<Result<ReportView>> report_message(Session& session, MessageId message, UserId reporter,
                                        ReportMessage report) {
  auto rows =
    co_await session.query(report_message_sql, {ReportId::fresh(), message, reporter, report.reason,
                                                report.comment.value_or("")});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such message");
  co_return to_report(rows->front());
}

task<Result<ReportPage>> list_reports(Session& session, ListReports query) {
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  std::optional<ReportId> after;
  if (query.cursor) {
    after = ReportId::parse(*query.cursor);
    if (!after)
      co_return fail(Errc::invalid, "the cursor is not one of this list");
  }
  auto rows = co_await session.query(list_reports_sql, {query.state, after, limit + 1});
  if (!rows)
    co_return fail(std::move(rows.error()));
  ReportPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_report((*rows)[i]));
  if (rows->size() > limit)
    page.next = to_string(page.items.back().id);
  co_return page;
}

task<Result<ReportView>> find_report(Session& session, ReportId id) {
  auto rows = co_await session.query(find_report_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such report");
  co_return to_report(rows->front());
}

task<Result<ReportView>> decide_report(Session& session, ReportId id, UserId reviewer,
                                       DecideReport decision) {
  auto state = state_of(decision.decision);
  auto note = decision.note.value_or("");
  auto rows = co_await session.query(decide_report_sql, {id, state, reviewer, note});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (!rows->empty())
    co_return to_report(rows->front());
  auto found = co_await find_report(session, id);
  if (!found)
    co_return fail(std::move(found.error()));
  if (found->state != state || found->reviewer != reviewer || found->note != note)
    co_return fail(Errc::conflict, "the report has been decided already");
  co_return std::move(*found);
}

}  // namespace jobraker::storage
