#include "tools/ctl/screens.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/ctl/bytes.hpp"
#include "tools/ctl/pages.hpp"

namespace jobraker::ctl {
namespace {

const Screen every_screen[] = {
  show_actors,       show_tree,        show_actor,     show_dead,    show_done,   show_alarms,
  show_overview,     show_health,      show_log_level, show_config,  show_audit,  show_traces,
  show_trace,        show_schedules,   show_schedule,  show_runs,    show_run,    show_batches,
  show_applications, show_llm_metrics, show_llm_calls, show_budgets, show_events, show_dead_letters,
  show_replayed,     show_user,        show_reports,   show_report};

Look at(std::size_t columns) {
  Look look;
  look.columns = columns;
  look.now = *parse_rfc3339("2026-11-20T09:31:00Z");
  return look;
}

std::string show(Screen screen, const std::string& json, std::size_t columns = 120) {
  auto document = json::Document::parse(json);
  EXPECT_TRUE(document) << json;
  Page page{at(columns)};
  screen(document->root(), page);
  return page.shown();
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

/// Names that the screens look for, so that nonsense gets past the first member.
const std::vector<std::string> names{"items",
                                     "children",
                                     "actor",
                                     "summary",
                                     "pending",
                                     "messages",
                                     "handler_histogram",
                                     "counts",
                                     "bounds_us",
                                     "spans",
                                     "model_calls",
                                     "events",
                                     "totals",
                                     "outbox",
                                     "consumers",
                                     "dead_letters",
                                     "last_run",
                                     "next",
                                     "total",
                                     "path",
                                     "kind",
                                     "state",
                                     "running_us",
                                     "start_us",
                                     "wait_us",
                                     "run_us",
                                     "depth",
                                     "failed",
                                     "at",
                                     "since",
                                     "uptime_s",
                                     "http",
                                     "sql",
                                     "cost",
                                     "upstreams",
                                     "alarms",
                                     "limit_usd",
                                     "spent_usd",
                                     "cost_nano_usd",
                                     "count",
                                     "paths"};

void nonsense(json::Writer& w, int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 8 : 5)) {
  case 0:
    w.null();
    break;
  case 1:
    w.value(*rc::gen::arbitrary<bool>());
    break;
  case 2:
    w.value(*rc::gen::arbitrary<std::int64_t>());
    break;
  case 3:
    w.value(*rc::gen::arbitrary<double>() * 1e300);
    break;
  case 4:
    w.value(std::string_view{*wild_text()});
    break;
  case 5: {
    w.begin_array();
    for (auto n = *rc::gen::inRange(0, 4); n > 0; --n)
      nonsense(w, depth - 1);
    w.end_array();
    break;
  }
  default: {
    w.begin_object();
    for (auto n = *rc::gen::inRange(0, 8); n > 0; --n) {
      w.key(*rc::gen::elementOf(names));
      nonsense(w, depth - 1);
    }
    w.end_object();
  }
  }
}

TEST(Screens, ShowAnyAnswerWithinTheTerminalAndObeyNone) {
  ASSERT_TRUE(rc::check([] {
    json::Writer w;
    w.begin_object();
    for (const auto& name : names)
      if (*rc::gen::arbitrary<bool>()) {
        w.key(name);
        nonsense(w, 3);
      }
    w.end_object();
    auto document = json::Document::parse(w.text());
    RC_PRE(document.has_value());
    auto columns = *rc::gen::inRange<std::size_t>(10, 140);
    for (auto screen : every_screen) {
      Page page{at(columns)};
      screen(document->root(), page);
      RC_ASSERT(!obeyed(page.shown()));
      RC_ASSERT(widest(page.shown()) <= columns);
    }
  }));
}

constexpr const char* row =
  R"({"path":"/users/019a","kind":"user","parent":"/users","state":"running",
  "waiting_on":"sql SELECT 1","mailbox":3,"messages":1204,"rate":12.5,"failures":1,"dropped":0,"restarts":0,
  "busy_us":310000,"wait_us_mean":4,"last_message":null,"running_us":1200000,"born_at":"2026-11-20T09:30:00Z","bytes":null})";

TEST(Screens, ActorsAreRowsWithTheirFigures) {
  auto text = show(show_actors,
                   R"({"items":[)" + std::string{row} +
                     R"(],"next":"abc","total":7,"at":"2026-11-20T09:31:00Z"})",
                   200);
  EXPECT_EQ(text,
            "PATH         KIND  STATE    MAILBOX  MSGS  MSG/S    BUSY  WAIT  FAIL  RST  AGE  MEM  NOW\n"
            "/users/019a  user  running        3  1204     12  310 ms  4 µs     1    0   1m    –  "
            "running for 1.2 s\n"
            "1 of 7\n"
            "more: --all, or --cursor 'abc'\n");
  EXPECT_EQ(show(show_actors, R"({"items":[],"next":null,"total":0})"), "No actor matches.\n");
}

TEST(Screens, AnActorIsShownWithWhatIsUnderWay) {
  auto text = show(
    show_actor,
    R"({"actor":)" + std::string{row} +
      R"(,"summary":null,"summary_note":"did not answer within 500 ms: it is stuck in GetProfile for 1.2 s",
       "handler_histogram":{"bounds_us":[2,8],"counts":[1,3,0]},
       "messages":[{"at":"2026-11-20T09:30:00Z","type":"Tick","sender":null,"bytes":8,"wait_us":3,"run_us":12,"trace_id":"4bf9","failed":true}],
       "pending":[{"kind":"statement","name":"SELECT 1","since_us":200,"trace_id":null}],"children":2})");
  for (auto part : {"/users/019a\n", "did not answer within 500 ms", "running for 1.2 s",
                    "Tick (failed)", "SELECT 1", "200 µs", "children        2"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(Screens, ATraceIsAWaterfall) {
  auto text = show(
    show_trace,
    R"({"trace_id":"4bf9","at":"2026-11-20T09:30:00Z","truncated":true,"events":[{"topic":"profile-updated","type":"t","key":"k","at":"2026-11-20T09:30:00Z"}],
    "model_calls":[{"operation":"score","provider":"openai","model":"gpt","tokens_in":10,"tokens_cached":0,"tokens_out":2,"cost_usd":0.0042,"ms":12,"outcome":"ok","at":"2026-11-20T09:30:00Z"}],
    "spans":[{"id":"a","parent":null,"kind":"request","name":"GET /x","actor":null,"sender":null,"start_us":0,"wait_us":0,"run_us":4000,"failed":false,"depth":0},
             {"id":"b","parent":"a","kind":"message","name":"GetX","actor":"/x","sender":null,"start_us":1000,"wait_us":1000,"run_us":2000,"failed":true,"depth":1}]})",
    80);
  EXPECT_NE(text.find("trace 4bf9, 2026-11-20 09:30:00, 4.0 ms, 2 spans\n"), std::string::npos)
    << text;
  EXPECT_NE(text.find("     0       0  4.0 ms  ████████████████████  request GET /x\n"),
            std::string::npos)
    << text;
  EXPECT_NE(
    text.find("1.0 ms  1.0 ms  2.0 ms       ░░░░░██████████    message GetX → /x (failed)\n"),
    std::string::npos)
    << text;
  for (auto part : {"Spans are missing", "profile-updated", "$0.0042", "12 ms"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
}

TEST(Screens, SchedulesSayWhenAndHowItWent) {
  constexpr const char* schedule =
    R"({"name":"jobs.refresh","title":"Fetch all searches and feeds","cron":"0 */6 * * *","every_s":null,"time_zone":"UTC",
    "paused":false,"next_run_at":"2026-11-20T12:31:00Z","running_since":null,"runs":3,"failures":1,
    "last_run":{"id":"r1","schedule":"jobs.refresh","started_at":"2026-11-20T06:00:00Z","ended_at":"2026-11-20T06:00:05Z","outcome":"failed","detail":"no database","by":"schedule"}})";
  auto list = show(show_schedules,
                   R"({"items":[)" + std::string{schedule} +
                     R"(,{"name":"p","every_s":30,"paused":true,"last_run":null}]})",
                   200);
  for (auto part :
       {"0 */6 * * * UTC", "next in 3h", "2026-11-20 06:00:00", "failed", "every 30 s", "paused"})
    EXPECT_NE(list.find(part), std::string::npos) << part << "\n" << list;
  auto one = show(show_schedule, schedule);
  EXPECT_NE(one.find("no database"), std::string::npos) << one;
  auto runs = show(
    show_runs,
    R"({"items":[{"id":"r1","started_at":"2026-11-20T06:00:00Z","ended_at":"2026-11-20T06:00:05Z","outcome":"done","detail":null,"by":"schedule"}],"next":null})");
  EXPECT_NE(runs.find("5.0 s"), std::string::npos) << runs;
}

TEST(Screens, StuckApplicationsSayWhy) {
  auto text = show(
    show_applications,
    R"({"items":[{"id":"a1","user_id":"u","job_id":"j","company":"Odra Stal","title":"Engineer","state":"submitting","since":"2026-11-20T09:01:00Z",
    "stuck":true,"stuck_reason":"no answer for 30 minutes","run_id":null,"attempts":2,"next_check_at":null,"updated_at":"2026-11-20T09:01:00Z"}],"next":null,"counts":{"submitting":1,"stuck":1}})",
    160);
  for (auto part : {"submitting 1   stuck 1", "Odra Stal", "no answer for 30 minutes", "30m"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(Screens, BatchesCallsAndSettingsAreRows) {
  EXPECT_NE(
    show(
      show_batches,
      R"({"items":[{"id":"b","user_id":"u","kind":"score","state":"running","done":3,"total":35,"failed":1,"started_at":"2026-11-20T09:30:00Z","ended_at":null}],"next":null})")
      .find("running"),
    std::string::npos);
  auto calls = show(
    show_llm_calls,
    R"({"items":[{"id":"c","at":"2026-11-20T09:30:00Z","operation":"score","provider":"openai","model":"gpt","outcome":"error","latency_ms":1500,
    "first_token_ms":null,"input":12,"cached":0,"output":3,"cost_usd":0.002,"error":"rate limited","trace_id":null,"user_id":null,"company_id":null}],"next":null})",
    160);
  for (auto part : {"1.5 s", "$0.0020", "rate limited"})
    EXPECT_NE(calls.find(part), std::string::npos) << part << "\n" << calls;
  auto config = show(
    show_config,
    R"({"items":[{"key":"http.port","value":8080,"secret":false,"source":"default"},{"key":"llm.api_key","value":"***","secret":true,"source":"environment"}]})");
  for (auto part : {"http.port", "8080", "***", "environment"})
    EXPECT_NE(config.find(part), std::string::npos) << part << "\n" << config;
}

TEST(Pages, AreJoinedInTheirOrder) {
  std::vector<json::Document> pages;
  pages.push_back(*json::Document::parse(R"({"items":[1,2],"next":"c","total":3})"));
  pages.push_back(*json::Document::parse(R"({"items":[{"a":"é"}],"next":null,"total":3})"));
  EXPECT_EQ(joined_pages(pages), R"({"next":null,"total":3,"items":[1,2,{"a":"é"}]})");
  EXPECT_EQ(joined_pages({}), R"({"items":[]})");
  auto all = json::Document::parse(R"({"items":[{"key":"http.port"},{"key":"llm.x"},{"no":1},7]})");
  EXPECT_EQ(only_keys(all->root(), "http"), R"({"items":[{"key":"http.port"}]})");
}

}  // namespace
}  // namespace jobraker::ctl
