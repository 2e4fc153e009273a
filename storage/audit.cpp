#include "storage/audit.hpp"

#include <algorithm>

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 1000;

constexpr std::string_view write_audit_sql =
  "INSERT INTO audit_log (id, at, who, action, target, detail, ip) "
  "VALUES ($1, $2, $3, $4, $5, $6, $7)";

// `$4` is a path in which the signs of LIKE are escaped.
constexpr std::string_view list_audit_sql =
  "SELECT id, at, who, action, target, detail, ip FROM audit_log WHERE ($1::uuid IS NULL "
  "OR (at, id) < (SELECT last.at, last.id FROM audit_log AS last WHERE last.id = $1)) "
  "AND ($2::uuid IS NULL OR who = $2) "
  "AND ($3::text IS NULL OR target = $3 OR target LIKE $4) "
  "AND ($5::text IS NULL OR action = $5) ORDER BY at DESC, id DESC LIMIT $6";

// The index is by time, so the span of time bounds what is read.
constexpr std::string_view calls_of_trace_sql =
  "SELECT operation, provider, model, tokens_in, tokens_cached, tokens_out, "
  "cost_nano::float8 / 1e9, latency_ms, outcome, at FROM llm.calls "
  "WHERE at >= $2 AND at < $3 AND trace_id = $1 ORDER BY at, id LIMIT 200";

AuditEntry to_entry(const Row& row) {
  AuditEntry e;
  row.read(e.id, e.at, e.who, e.action, e.target, e.detail, e.ip);
  return e;
}

std::string below(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '%' || c == '_' || c == '\\')
      out.push_back('\\');
    out.push_back(c);
  }
  return out.ends_with('/') ? out + "%" : out + "/%";
}

}  // namespace

AuditEntry audit_entry(const Principal& by, std::string action, std::string target,
                       std::string detail) {
  AuditEntry entry;
  entry.id = AuditId::fresh();
  entry.at = now();
  entry.who = by.user;
  entry.action = std::move(action);
  entry.target = std::move(target);
  entry.detail = std::move(detail);
  return entry;
}

task<Done> write_audit(Session& session, AuditEntry e) {
  auto rows = co_await session.query(write_audit_sql,
                                     {e.id, e.at, e.who, e.action, e.target, e.detail, e.ip});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<AuditPage>> list_audit(Session& session, GetAudit query) {
  const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  std::optional<AuditId> after;
  if (query.cursor && !(after = AuditId::parse(*query.cursor)))
    co_return fail(Errc::invalid, "the cursor is not one of this list");
  std::optional<UserId> who;
  std::optional<std::string> target, targets;
  if (query.actor && !(who = UserId::parse(*query.actor))) {
    target = *query.actor;
    targets = below(*query.actor);
  }
  auto rows =
    co_await session.query(list_audit_sql, {after, who, target, targets, query.action, limit + 1});
  if (!rows)
    co_return fail(std::move(rows.error()));
  AuditPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i)
    page.items.push_back(to_entry((*rows)[i]));
  if (rows->size() > limit)
    page.next = to_string(page.items.back().id);
  co_return page;
}

task<Result<std::vector<TraceCall>>> calls_of_trace(Session& session, std::string trace_id,
                                                    Time from, Time to) {
  auto rows = co_await session.query(calls_of_trace_sql, {trace_id, from, to});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<TraceCall> calls;
  for (const auto& row : *rows) {
    auto& c = calls.emplace_back();
    row.read(c.operation, c.provider, c.model, c.tokens_in, c.tokens_cached, c.tokens_out,
             c.cost_usd, c.ms, c.outcome, c.at);
  }
  co_return calls;
}

}  // namespace jobraker::storage
