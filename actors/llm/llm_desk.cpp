#include "actors/llm/llm_desk.hpp"

#include <cmath>

#include <spdlog/fmt/fmt.h>

#include "actors/system/admin_only.hpp"
#include "actors/system/observed.hpp"
#include "messages/json.hpp"
#include "net/ask.hpp"
#include "storage/audit.hpp"
#include "storage/databases.hpp"

namespace jobraker::llm {
namespace {

struct DeskState {
  static inline const char* name = "llm-desk";
  Services* services = nullptr;
};

using Self = Shell<DeskState, LlmDeskActor>;

Error wrong(std::string pointer, std::string detail) {
  return Error{
    Errc::invalid, "a value is not allowed", {{std::move(pointer), std::move(detail)}}, {}};
}

/// Nano-dollars as micro-dollars, which is what the interface speaks.
double micros(std::int64_t nano) { return static_cast<double>(nano) / 1000; }
double usd(std::int64_t nano) { return static_cast<double>(nano) / 1e9; }

Result<storage::MetricsQuery> query_of(const AskLlmMetrics& m) {
  storage::MetricsQuery query;
  query.company = m.company_id;
  query.user = m.user_id;
  query.operation = m.operation;
  query.model = m.model;
  query.to = m.to.value_or(now() + std::chrono::seconds{1});
  query.from = m.from.value_or(query.to - std::chrono::hours{24});
  std::string_view left = m.group_by ? std::string_view{*m.group_by} : std::string_view{};
  while (!left.empty()) {
    auto comma = left.find(',');
    auto group = enum_from<MetricsGroup>(left.substr(0, comma));
    if (!group)
      return fail(wrong("group_by", "names company, user, operation, model, day or hour"));
    query.group_by.push_back(*group);
    left = comma == std::string_view::npos ? std::string_view{} : left.substr(comma + 1);
  }
  return query;
}

void write_sums(json::Writer& w, const storage::UsageSums& sums) {
  w.member("calls", sums.calls).member("errors", sums.errors);
  w.member("cache_hits", sums.cache_hits);
  w.member("tokens_in", sums.tokens_in).member("tokens_cached", sums.tokens_cached);
  w.member("tokens_out", sums.tokens_out);
  w.member("cost_nano_usd", sums.cost_nano).member("cost_micro_usd", micros(sums.cost_nano));
  auto mean = [](std::int64_t sum, std::int64_t count) {
    return count > 0 ? static_cast<double>(sum) / static_cast<double>(count) : 0.0;
  };
  w.member("latency_ms_mean", mean(sums.latency_ms_sum, sums.calls));
  w.member("first_token_ms_mean", mean(sums.first_token_ms_sum, sums.first_tokens));
}

std::string metrics_json(const storage::MetricsQuery& query, const storage::LlmMetrics& metrics) {
  json::Writer w;
  w.begin_object();
  w.member("from", std::string_view{to_rfc3339(query.from)});
  w.member("to", std::string_view{to_rfc3339(query.to)});
  w.key("items").begin_array();
  for (const auto& row : metrics.rows) {
    w.begin_object();
    if (row.company)
      w.member("company_id", std::string_view{to_string(*row.company)});
    if (row.user)
      w.member("user_id", std::string_view{to_string(*row.user)});
    if (row.operation)
      w.member("operation", std::string_view{*row.operation});
    if (row.model)
      w.member("model", std::string_view{*row.model});
    if (row.at)
      w.member("at", std::string_view{to_rfc3339(*row.at)});
    write_sums(w, row.sums);
    w.end_object();
  }
  w.end_array().key("totals").begin_object();
  write_sums(w, metrics.totals);
  w.end_object().key("next").null().end_object();
  return w.text();
}

caf::result<JsonText> metrics(Self* self, const Context& c, const AskLlmMetrics& m) {
  if (auto allowed = admin_only(c); !allowed)
    return to_caf(allowed.error());
  auto query = query_of(m);
  if (!query)
    return to_caf(query.error());
  return self->answer<JsonText>(
    self->state.services->io,
    [&s = *self->state.services, c, query = *query]() -> task<Result<JsonText>> {
      // What is known but not written yet belongs to the answer.
      auto flushed = co_await net::ask(s.gateway->call_log, c, Flush{});
      if (!flushed)
        co_return fail(std::move(flushed.error()));
      storage::Until session{s.gateway->log_databases.here(), c.deadline};
      auto found = co_await storage::llm_metrics(session, query);
      if (!found)
        co_return fail(std::move(found.error()));
      co_return JsonText{metrics_json(query, *found)};
    });
}

std::string budgets_json(const std::vector<storage::Budget>& budgets,
                         const std::vector<storage::BudgetAlert>& alerts) {
  json::Writer w;
  w.begin_object().key("items").begin_array();
  for (const auto& budget : budgets) {
    w.begin_object().member("scope", name_of(budget.key.scope));
    if (budget.key.scope != BudgetScope::global)
      w.member("scope_id", std::string_view{to_string(budget.key.scope_id)});
    w.member("period", name_of(budget.key.period));
    w.member("limit_usd", usd(budget.limit_nano)).member("spent_usd", usd(budget.spent_nano));
    w.member("reserved_usd", usd(budget.reserved_nano)).member("left_usd", usd(budget.left_nano));
    w.member("resets_at", std::string_view{to_rfc3339(budget.resets_at)}).end_object();
  }
  w.end_array().key("alerts").begin_array();
  for (const auto& alert : alerts) {
    w.begin_object().member("scope", name_of(alert.key.scope));
    if (alert.key.scope != BudgetScope::global)
      w.member("scope_id", std::string_view{to_string(alert.key.scope_id)});
    w.member("period", name_of(alert.key.period)).member("threshold", alert.threshold);
    w.member("at", std::string_view{to_rfc3339(alert.at)}).end_object();
  }
  w.end_array().key("next").null().end_object();
  return w.text();
}

task<Result<JsonText>> read_budgets(Services& services, Context c, storage::BudgetFilter filter) {
  auto settled = co_await net::ask(services.gateway->budgets, c, Flush{});
  if (!settled)
    co_return fail(std::move(settled.error()));
  storage::Until session{services.databases.here(), c.deadline};
  auto budgets = co_await storage::list_budgets(session, filter, now());
  if (!budgets)
    co_return fail(std::move(budgets.error()));
  auto alerts =
    co_await storage::list_budget_alerts(session, now() - std::chrono::hours{24 * 31}, 100);
  if (!alerts)
    co_return fail(std::move(alerts.error()));
  co_return JsonText{budgets_json(*budgets, *alerts)};
}

/// Which scope is meant; global has no id, the others need one.
Result<std::pair<BudgetScope, Uuid>> scope_of(const std::string& name,
                                              const std::optional<std::string>& id) {
  auto scope = enum_from<BudgetScope>(name);
  if (!scope)
    return fail(wrong("/scope", "must be global, company or user"));
  if (*scope == BudgetScope::global)
    return std::pair{*scope, Uuid{}};
  auto uuid = id ? parse_uuid(*id) : std::nullopt;
  if (!uuid)
    return fail(wrong("/scope_id", "must be the id of a company or user"));
  return std::pair{*scope, *uuid};
}

caf::result<JsonText> budgets(Self* self, const Context& c, const AskBudgets& m) {
  if (auto allowed = admin_only(c); !allowed)
    return to_caf(allowed.error());
  storage::BudgetFilter filter;
  if (m.scope) {
    filter.scope = enum_from<BudgetScope>(*m.scope);
    if (!filter.scope)
      return to_caf(wrong("scope", "must be global, company or user"));
  }
  if (m.scope_id) {
    filter.scope_id = parse_uuid(*m.scope_id);
    if (!filter.scope_id)
      return to_caf(wrong("scope_id", "must be an id"));
  }
  return self->answer<JsonText>(self->state.services->io, [&s = *self->state.services, c, filter] {
    return read_budgets(s, c, filter);
  });
}

/// A limit that is wished for.
struct Change {
  BudgetScope scope{};
  Uuid scope_id{};
  BudgetPeriod period{};
  std::optional<std::int64_t> limit_nano{};
};

AuditEntry entry_of(const Context& context, const Change& change) {
  auto target = "budgets/" + std::string{name_of(change.scope)};
  if (change.scope != BudgetScope::global)
    target += "/" + to_string(change.scope_id);
  target += "/" + std::string{name_of(change.period)};
  auto limit = change.limit_nano
                 ? fmt::format("{} USD", static_cast<double>(*change.limit_nano) / 1e9)
                 : std::string{"no limit"};
  return storage::audit_entry(context.principal, "budget.set", std::move(target), std::move(limit));
}

task<Result<JsonText>> change_budget(Services& services, Context context, Change change) {
  storage::Until session{services.databases.here(), context.deadline};
  auto done =
    co_await session.transaction([&](storage::Transaction& transaction) -> task<Result<Ok>> {
      auto entry = entry_of(context, change);
      if (auto written = co_await storage::write_audit(transaction, std::move(entry)); !written)
        co_return fail(std::move(written.error()));
      auto set =
        co_await storage::set_budget(transaction, change.scope, change.scope_id, change.period,
                                     change.limit_nano, context.principal.user);
      if (!set)
        co_return fail(std::move(set.error()));
      co_return Ok{};
    });
  if (!done)
    co_return fail(std::move(done.error()));
  storage::BudgetFilter filter;
  filter.scope = change.scope;
  filter.scope_id = change.scope_id;
  co_return co_await read_budgets(services, context, filter);
}

caf::result<JsonText> set_budget(Self* self, const Context& c, const SetBudget& m) {
  if (auto allowed = admin_only(c); !allowed)
    return to_caf(allowed.error());
  auto scope = scope_of(m.scope, m.scope_id);
  if (!scope)
    return to_caf(scope.error());
  auto period = enum_from<BudgetPeriod>(m.period);
  if (!period)
    return to_caf(wrong("/period", "must be day or month"));
  std::optional<std::int64_t> limit;
  if (m.limit_usd)
    limit = static_cast<std::int64_t>(std::llround(*m.limit_usd * 1e9));
  const Change change{scope->first, scope->second, *period, limit};
  return self->answer<JsonText>(self->state.services->io, [&s = *self->state.services, c, change] {
    return change_budget(s, c, change);
  });
}

LlmDeskActor::behavior_type llm_desk(Self* self, Services* services) {
  self->state.services = services;
  return {
    [self](const Context& c, const AskLlmMetrics& m) { return metrics(self, c, m); },
    [self](const Context& c, const AskBudgets& m) { return budgets(self, c, m); },
    [self](const Context& c, const SetBudget& m) { return set_budget(self, c, m); },
  };
}

}  // namespace

LlmDeskActor start_llm_desk(Services& services, const std::string& path) {
  return services.system.spawn(path, "llm-desk", llm_desk, &services);
}

}  // namespace jobraker::llm
