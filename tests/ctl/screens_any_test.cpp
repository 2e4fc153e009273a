#include <gtest/gtest.h>

#include "tests/ctl/bytes.hpp"
#include "tools/ctl/screens.hpp"

namespace jobraker::ctl {
namespace {

const Screen every_screen[] = {
  show_actors,       show_tree,        show_actor,     show_dead,    show_done,   show_alarms,
  show_overview,     show_health,      show_log_level, show_config,  show_audit,  show_traces,
  show_trace,        show_schedules,   show_schedule,  show_runs,    show_run,    show_batches,
  show_applications, show_llm_metrics, show_llm_calls, show_budgets, show_events, show_dead_letters,
  show_replayed,     show_user,        show_users,     show_reports, show_report};

Look at(std::size_t columns) {
  Look look;
  look.columns = columns;
  look.now = *parse_rfc3339("2026-11-20T09:31:00Z");
  return look;
}

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    auto end = std::min(rest.find('\n'), rest.size());
    most = std::max(most, width(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return most;
}

/// Members that the screens look for: lists of objects, objects, and what is shown itself.
const std::vector<std::string> lists{"items",        "children",  "messages",    "last_messages",
                                     "pending",      "spans",     "model_calls", "consumers",
                                     "dead_letters", "upstreams", "alarms",      "alerts",
                                     "dependencies", "paths",     "topics"};
const std::vector<std::string> objects{
  "actor",  "summary", "handler_histogram", "totals", "outbox", "last_run", "http", "sql", "cost",
  "counts", "events"};
const std::vector<std::string> values{"action",
                                      "actors",
                                      "at",
                                      "attempts",
                                      "born_at",
                                      "bounds_us",
                                      "budget_usd",
                                      "busy_us",
                                      "by",
                                      "bytes",
                                      "cached",
                                      "comment",
                                      "company",
                                      "company_id",
                                      "connections",
                                      "connections_up",
                                      "consumer",
                                      "cost_nano_usd",
                                      "cost_usd",
                                      "count",
                                      "crashed",
                                      "created_at",
                                      "cron",
                                      "dead",
                                      "depth",
                                      "detail",
                                      "died_at",
                                      "done",
                                      "dropped",
                                      "duration_us",
                                      "email",
                                      "ended_at",
                                      "error",
                                      "errors",
                                      "event_id",
                                      "every_s",
                                      "failed",
                                      "failed_at",
                                      "failures",
                                      "first_token_ms",
                                      "first_token_ms_mean",
                                      "from",
                                      "handled",
                                      "id",
                                      "in_flight",
                                      "input",
                                      "ip",
                                      "key",
                                      "kind",
                                      "lag",
                                      "last_seen_at",
                                      "latency_ms",
                                      "latency_ms_mean",
                                      "leading",
                                      "leaf",
                                      "left_usd",
                                      "level",
                                      "limit_usd",
                                      "mailbox",
                                      "meaning",
                                      "message",
                                      "model",
                                      "ms",
                                      "name",
                                      "next",
                                      "next_check_at",
                                      "next_run_at",
                                      "note",
                                      "oldest_s",
                                      "oldest_seconds",
                                      "operation",
                                      "outcome",
                                      "output",
                                      "path",
                                      "paused",
                                      "period",
                                      "profile_version",
                                      "question",
                                      "rate",
                                      "reason",
                                      "repeated",
                                      "replayed_at",
                                      "reporter",
                                      "required",
                                      "reserved_usd",
                                      "resets_at",
                                      "restarts",
                                      "reviewed_at",
                                      "reviewer",
                                      "role",
                                      "run_us",
                                      "running",
                                      "running_since",
                                      "running_us",
                                      "runs",
                                      "schedule",
                                      "scope",
                                      "scope_id",
                                      "secret",
                                      "sender",
                                      "since",
                                      "since_us",
                                      "source",
                                      "spent_usd",
                                      "start_us",
                                      "started_at",
                                      "state",
                                      "status",
                                      "stuck",
                                      "stuck_reason",
                                      "summary_note",
                                      "target",
                                      "threshold",
                                      "time_zone",
                                      "title",
                                      "to",
                                      "today_usd",
                                      "tokens_cached",
                                      "tokens_in",
                                      "tokens_out",
                                      "told",
                                      "topic",
                                      "total",
                                      "trace_id",
                                      "truncated",
                                      "type",
                                      "uptime_s",
                                      "user_id",
                                      "value",
                                      "wait_us",
                                      "wait_us_mean",
                                      "waiting",
                                      "waiting_on",
                                      "who"};

void any_value(json::Writer& w) {
  switch (*rc::gen::weightedElement<int>({{6, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {1, 5}})) {
  case 0:
    w.value(std::string_view{*wild_text()});
    break;
  case 1:
    w.null();
    break;
  case 2:
    w.value(*rc::gen::arbitrary<bool>());
    break;
  case 3:
    w.value(*rc::gen::arbitrary<std::int64_t>());
    break;
  case 4:
    w.value(*rc::gen::arbitrary<double>() * 1e300);
    break;
  default:
    w.begin_array().value(7).end_array();
  }
}

/// An object with some of the members; now and then what should be one is something else.
void any_object(json::Writer& w, int depth) {
  if (*rc::gen::inRange(0, 12) == 0)
    return any_value(w);
  w.begin_object();
  for (const auto& name : values)
    if (*rc::gen::inRange(0, 3) == 0) {
      w.key(name);
      any_value(w);
    }
  for (const auto& name : objects)
    if (depth > 0 && *rc::gen::inRange(0, 3) == 0) {
      w.key(name);
      any_object(w, 0);
    }
  for (const auto& name : lists)
    if (depth > 0 && *rc::gen::arbitrary<bool>()) {
      w.key(name).begin_array();
      for (auto rows = *rc::gen::inRange(0, 3); rows > 0; --rows)
        any_object(w, 0);
      w.end_array();
    }
  w.end_object();
}

TEST(Screens, ShowAnyAnswerWithinTheTerminalAndObeyNone) {
  std::size_t shown = 0;
  ASSERT_TRUE(rc::check([&] {
    json::Writer w;
    any_object(w, 1);
    auto document = json::Document::parse(w.text());
    RC_PRE(document.has_value());
    auto columns = *rc::gen::inRange<std::size_t>(10, 140);
    for (auto screen : every_screen) {
      Page page{at(columns)};
      screen(document->root(), page);
      RC_ASSERT(!obeyed(page.shown()));
      RC_ASSERT(widest(page.shown()) <= columns);
      shown += page.shown().find("x1b") != std::string::npos ? 1 : 0;
    }
  }));
  EXPECT_GT(shown, 100U) << "what was made must be able to show a mistake";
}

}  // namespace
}  // namespace jobraker::ctl
