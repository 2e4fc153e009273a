#include "tools/ctl/screens.hpp"

#include <gtest/gtest.h>

#include "tests/ctl/bytes.hpp"

namespace jobraker::ctl {
namespace {

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

constexpr const char* row =
  R"({"path":"/users/019a","kind":"user","parent":"/users","state":"running",
  "waiting_on":"sql SELECT 1","mailbox":3,"messages":1204,"rate":12.5,"failures":1,"dropped":0,"restarts":0,
  "busy_us":310000,"wait_us_mean":4,"last_message":null,"running_us":1200000,"born_at":"2026-11-20T09:30:00Z","bytes":null})";

TEST(Screens, ActorsAreRowsWithTheirFigures) {
  auto text = show(show_actors,
                   R"({"items":[)" + std::string{row} +
                     R"(],"next":"abc","total":7,"at":"2026-11-20T09:31:00Z"})",
                   200);
  EXPECT_EQ(
    text,
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

TEST(Screens, AccountsAreRows) {
  auto text = show(
    show_users,
    R"({"items":[{"id":"u1","role":"employer","email":"a***@example.com","created_at":"2026-11-20T09:01:00Z","last_seen_at":"2026-11-20T09:30:00Z",
    "company_id":"c1","profile_version":null},{"id":"u2","role":"seeker","email":"b***@example.com","created_at":"2026-11-20T08:01:00Z","last_seen_at":null,
    "company_id":null,"profile_version":12}],"next":"abc"})",
    160);
  EXPECT_EQ(text, "CREATED              ROLE      E-MAIL            SEEN  PROFILE  COMPANY  ID\n"
                  "2026-11-20 09:01:00  employer  a***@example.com    1m        –  c1       u1\n"
                  "2026-11-20 08:01:00  seeker    b***@example.com     –       12  –        u2\n"
                  "more: --all, or --cursor 'abc'\n");
  EXPECT_EQ(show(show_users, R"({"items":[],"next":null})"), "No account matches.\n");
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

}  // namespace
}  // namespace jobraker::ctl
