#include "actors/inspection/overview.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include <boost/asio/post.hpp>

#include "actors/events/event_services.hpp"
#include "actors/inspection/core/trace_tree.hpp"
#include "actors/inspection/upstreams.hpp"
#include "actors/system/pause.hpp"
#include "messages/codec.hpp"
#include "storage/databases.hpp"
#include "storage/llm_budgets.hpp"
#include "storage/llm_calls.hpp"
#include "storage/operation_figures.hpp"
#include "storage/outbox.hpp"

namespace jobraker::inspection {
namespace {

constexpr std::chrono::milliseconds sql_patience{1000};
constexpr std::chrono::milliseconds threads_patience{300};
constexpr std::int64_t lately_ns = 60'000'000'000;

/// What the remembered requests of the last minute say.
struct Requests {
  std::optional<double> per_s{};
  std::optional<double> p50_ms{};
  std::optional<double> p99_ms{};
};

Requests recent_requests() {
  const auto now_ns = steady_nanoseconds();
  const auto spans = find_spans([&](const Span& span) {
    return span.kind == SpanKind::request && now_ns - end_of(span) < lately_ns;
  });
  Requests out;
  if (spans.empty())
    return out;
  std::vector<double> ms;
  for (const auto& span : spans)
    ms.push_back(static_cast<double>(span.wait_ns + span.run_ns) / 1e6);
  const auto at = [&](double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(ms.size())));
    const auto place = ms.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::nth_element(ms.begin(), place, ms.end());
    return *place;
  };
  out.p50_ms = at(0.5);
  out.p99_ms = at(0.99);
  // When there were many, the rings hold the latest of them only.
  const auto window = std::max<std::int64_t>(now_ns - spans.front().began_ns, 1'000'000'000);
  out.per_s = static_cast<double>(spans.size()) * 1e9 / static_cast<double>(window);
  return out;
}

/// Each I/O thread tells of its own database.
struct SqlFigures {
  std::mutex mutex;
  storage::DatabaseStats sum{};
  std::size_t told = 0;
};

/// All threads together; nothing when one of them is stuck.
task<std::optional<storage::DatabaseStats>> sql_figures(Services& services) {
  auto figures = std::make_shared<SqlFigures>();
  const auto threads = services.databases.size();
  for (std::size_t i = 0; i < threads; ++i)
    asio::post(services.io.context(i), [figures, &database = services.databases.at(i)] {
      const auto stats = database.stats();
      std::lock_guard guard{figures->mutex};
      figures->sum.statements += stats.statements;
      figures->sum.failures += stats.failures;
      figures->sum.waiting += stats.waiting;
      figures->sum.connections_up += stats.connections_up;
      figures->sum.connections += stats.connections;
      ++figures->told;
    });
  const auto until = Context::Clock::now() + threads_patience;
  while (Context::Clock::now() < until) {
    co_await pause(std::chrono::milliseconds{2});
    std::lock_guard guard{figures->mutex};
    if (figures->told == threads)
      co_return figures->sum;
  }
  co_return std::nullopt;
}

struct Cost {
  std::optional<double> today_usd{};
  std::optional<double> budget_usd{};
};

task<Cost> cost_today(storage::Session& session) {
  Cost out;
  storage::MetricsQuery query;
  query.to = now() + std::chrono::seconds{1};
  query.from = std::chrono::floor<std::chrono::days>(query.to);
  if (auto spent = co_await storage::llm_metrics(session, query))
    out.today_usd = static_cast<double>(spent->totals.cost_nano) / 1e9;
  if (auto budgets = co_await storage::list_budgets(session, {BudgetScope::global, {}}, now()))
    for (const auto& budget : *budgets)
      if (budget.key.period == BudgetPeriod::day)
        out.budget_usd = static_cast<double>(budget.limit_nano) / 1e9;
  co_return out;
}

void write_optional(json::Writer& w, std::string_view name, const std::optional<double>& value) {
  w.key(name);
  if (value)
    w.value(*value);
  else
    w.null();
}

std::int64_t whole(std::uint64_t number) { return static_cast<std::int64_t>(number); }

void write_actors(json::Writer& w, const Inspection& inspection, const Totals& all) {
  w.key("actors").begin_object().member("live", all.actors);
  w.member("births", whole(inspection.registry.births()));
  w.member("crashes", whole(inspection.registry.crashes()));
  w.member("running", all.running).member("mailbox", all.mailbox).end_object();
}

void write_http(json::Writer& w, const Inspection& inspection, const Requests& requests) {
  w.key("http");
  if (!inspection.http) {
    w.null();
    return;
  }
  const auto figures = inspection.http();
  w.begin_object().member("requests", whole(figures.requests));
  w.member("running", whole(figures.running)).member("errors_5xx", whole(figures.errors_5xx));
  write_optional(w, "per_s", requests.per_s);
  write_optional(w, "p50_ms", requests.p50_ms);
  write_optional(w, "p99_ms", requests.p99_ms);
  w.end_object();
}

void write_sql(json::Writer& w, const std::optional<storage::DatabaseStats>& stats) {
  w.key("sql");
  if (!stats) {
    w.null();
    return;
  }
  w.begin_object().member("statements", whole(stats->statements));
  w.member("failures", whole(stats->failures)).member("waiting", whole(stats->waiting));
  w.member("connections_up", whole(stats->connections_up));
  w.member("connections", whole(stats->connections)).end_object();
}

void write_events(json::Writer& w, const events::EventServices* events,
                  const Result<storage::OutboxState>& outbox,
                  const Result<storage::Counts>& letters) {
  w.key("events");
  if (!events) {
    w.null();
    return;
  }
  std::optional<double> lag;
  std::int64_t dead = 0;  // set aside since the start
  for (const auto& listener : events->listeners) {
    dead += listener->figures->dead;
    if (listener->lag)
      for (const auto& topic : listener->lag())
        lag = lag.value_or(0) + static_cast<double>(topic.events);
  }
  std::optional<double> waiting, oldest;
  if (outbox) {
    waiting = static_cast<double>(outbox->waiting);
    oldest = outbox->oldest
               ? std::max(0.0, std::chrono::duration<double>(now() - *outbox->oldest).count())
               : 0.0;
  }
  w.begin_object();
  write_optional(w, "outbox", waiting);
  write_optional(w, "oldest_s", oldest);
  write_optional(w, "lag", lag);
  std::optional<double> open;
  if (letters)
    open = std::accumulate(letters->begin(), letters->end(), 0.0, [](double sum, const auto& of) {
      return sum + static_cast<double>(of.second);
    });
  write_optional(w, "dead_letters", open);
  w.member("dead_letters_since_start", dead).end_object();
}

}  // namespace

task<Result<std::string>> overview(Services& services, Inspection& inspection, Context context) {
  struct Look {
    Totals all{};
    Requests requests{};
  };
  auto look = co_await inspection.pool.run<Look>([&]() -> Result<Look> {
    return Look{inspection.scanner.scan([](const Sample&) {}).all, recent_requests()};
  });
  if (!look)
    co_return fail(std::move(look.error()));
  storage::Until session{services.databases.here(),
                         std::min(context.deadline, Context::Clock::now() + sql_patience)};
  const auto stats = co_await sql_figures(services);
  const auto outbox = co_await storage::outbox_state(session);
  const auto letters = co_await storage::count_dead_letters(session);
  const auto cost = co_await cost_today(session);
  const auto upstreams = co_await upstream_states(inspection);
  const auto up = std::chrono::steady_clock::now() - inspection.started;
  json::Writer w;
  w.begin_object().member("at", std::string_view{to_rfc3339(now())});
  w.member("uptime_s", std::chrono::duration_cast<std::chrono::seconds>(up).count());
  write_actors(w, inspection, look->all);
  write_http(w, inspection, look->requests);
  write_sql(w, stats);
  write_events(w, services.events, outbox, letters);
  w.key("cost").begin_object();
  write_optional(w, "today_usd", cost.today_usd);
  write_optional(w, "budget_usd", cost.budget_usd);
  w.end_object().key("upstreams").begin_array();
  for (const auto& upstream : upstreams) {
    w.begin_object().member("name", std::string_view{upstream.name});
    w.member("state", std::string_view{upstream.state}).key("since");
    if (upstream.since)
      w.value(std::string_view{to_rfc3339(*upstream.since)});
    else
      w.null();
    w.end_object();
  }
  w.end_array().key("alarms");
  json::write(w, inspection.lookout.alarms());
  w.end_object();
  co_return w.text();
}

}  // namespace jobraker::inspection
