#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "config/config.hpp"
#include "net/client/skyvern.hpp"
#include "net/client/skyvern_webhook.hpp"

namespace jobraker::net {
namespace {

Time at(std::string_view text) { return parse_rfc3339(text).value_or(Time{}); }

TEST(ReadSkyvernWebhook, ATaskInBothStylesOfNames) {
  auto run = read_skyvern_webhook(
    R"({"run_id":"tsk_1","task_id":"tsk_1","run_type":"task_v1","status":"completed",
 "output":{"confirmation_id":"A17","score":1.0},"extracted_information":{"confirmation_id":"old"},
 "failure_reason":null,"errors":[],"step_count":9,"title":"jobraker 42",
 "recording_url":"https://r.example/1","screenshot_urls":["https://s.example/2","https://s.example/1"],
 "downloaded_files":[],"webhook_failure_reason":null,"created_at":"2026-11-20T10:00:00.000001",
 "finished_at":"2026-11-20T10:04:10.2","app_url":"https://app.skyvern.com/tasks/tsk_1"})");
  ASSERT_TRUE(run) << run.error().detail;
  SkyvernRun expected;
  expected.run_id = "tsk_1";
  expected.status = RunStatus::completed;
  expected.title = "jobraker 42";
  expected.output = R"({"confirmation_id":"A17","score":1.0})";
  expected.recording_url = "https://r.example/1";
  expected.screenshot_urls = {"https://s.example/2", "https://s.example/1"};
  expected.app_url = "https://app.skyvern.com/tasks/tsk_1";
  expected.step_count = 9;
  expected.created_at = at("2026-11-20T10:00:00.000001Z");
  expected.finished_at = at("2026-11-20T10:04:10.2Z");
  EXPECT_EQ(*run, expected);
}

TEST(ReadSkyvernWebhook, ATaskInTheOldNamesOnly) {
  auto run = read_skyvern_webhook(
    R"({"task_id":"tsk_7","status":"terminated","extracted_information":["x"],"failure_reason":"closed",
 "errors":[{"error_code":"job_closed","reasoning":"the page says so","confidence_float":0.9},
           {"reasoning":"without a code"},7,{"error_code":"REACH_MAX_STEPS"}],
 "action_screenshot_urls":["https://s.example/3"],"screenshot_url":"https://s.example/0"})");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->run_id, "tsk_7");
  EXPECT_EQ(run->status, RunStatus::terminated);
  EXPECT_EQ(run->output, R"(["x"])");
  EXPECT_EQ(run->failure_reason, "closed");
  EXPECT_EQ(run->errors,
            (std::vector<RunError>{{"job_closed", "the page says so"}, {"REACH_MAX_STEPS", ""}}));
  EXPECT_TRUE(run->has_error("job_closed"));
  EXPECT_FALSE(run->has_error("job"));
  EXPECT_EQ(run->screenshot_urls, std::vector<std::string>{"https://s.example/3"});
  EXPECT_EQ(run->step_count, std::nullopt);
}

TEST(ReadSkyvernWebhook, TheTitleMayStandInTheOrderThatIsEchoed) {
  auto run = read_skyvern_webhook(
    R"({"run_id":"tsk_1","status":"created","run_request":{"prompt":"p","title":"jobraker 42"}})");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->title, "jobraker 42");
}

TEST(ReadSkyvernWebhook, AFinishedRunOfEngineTwoAsDocumented) {
  auto run = read_skyvern_webhook(
    R"({"run_id":"tsk_v2_486305187432193504","status":"failed","output":{"price":"$29.99"},
 "failure_reason":"Failed to run task 2.0: Failed to send webhook.    task_v2_id=tsk_v2_486305187432193504"})");
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->only_webhook_failed());
  run->output.clear();
  EXPECT_FALSE(run->only_webhook_failed());
}

TEST(ReadSkyvernWebhook, StatusesOfTheFactSheetAndOthers) {
  for (int i = 0; i <= static_cast<int>(RunStatus::other); ++i) {
    const auto status = static_cast<RunStatus>(i);
    auto run = read_skyvern_webhook(R"({"run_id":"wr_1","status":")" +
                                    std::string{to_string(status)} + "\"}");
    ASSERT_TRUE(run);
    EXPECT_EQ(run->status, status) << to_string(status);
  }
  EXPECT_EQ(read_skyvern_webhook(R"({"run_id":"r","status":"cancelled"})")->status,
            RunStatus::other);
  EXPECT_EQ(read_skyvern_webhook(R"({"run_id":"r","status":"resting"})")->status, RunStatus::other);
}

TEST(ReadSkyvernWebhook, ValuesOfTheWrongTypeAreAsIfNotSent) {
  auto run = read_skyvern_webhook(
    R"({"run_id":"tsk_1","status":"running","output":null,"errors":{"error_code":"x"},"step_count":"9",
 "recording_url":{"a":1},"screenshot_urls":["",7,null],"created_at":17,"finished_at":"yesterday",
 "failure_reason":["x"],"title":null,"news":{"deep":[1,2,3]}})");
  ASSERT_TRUE(run);
  SkyvernRun expected;
  expected.run_id = "tsk_1";
  expected.status = RunStatus::running;
  EXPECT_EQ(*run, expected);
}

TEST(ReadSkyvernWebhook, WhatIsNoRunIsMalformed) {
  for (auto body : {"", "null", "[]", "{}", R"({"status":"completed"})",
                    R"({"run_id":"","status":"completed"})", R"({"run_id":7,"status":"completed"})",
                    R"({"run_id":"tsk_1"})", R"({"run_id":"tsk_1","status":null})",
                    R"({"run_id":"tsk_1","status":"completed","title":"\u00"})",
                    R"({"run_id":"tsk_1\u)", R"({"run_id":"tsk_1","status":"comp)"})
    EXPECT_EQ(read_skyvern_webhook(body).error().code, Errc::malformed) << body;
  auto long_id = R"({"run_id":")" + std::string(201, 'x') + R"(","status":"completed"})";
  EXPECT_EQ(read_skyvern_webhook(long_id).error().code, Errc::malformed);
}

TEST(ReadSkyvernWebhook, WhatPagesPutIntoItIsMadeHarmless) {
  auto run = read_skyvern_webhook(
    R"json({"run_id":"tsk_1","status":"completed","output":{"a\u0000b":"c\\u0000d\ud83d\ude00","submitted":true},
 "failure_reason":"x\u0000y\ud83dz","errors":[{"error_code":"job_closed","reasoning":"\ude00"}],
 "title":"t","recording_url":"javascript:alert(1)","app_url":"file:///etc/passwd",
 "screenshot_urls":["data:x","https://s.example/1"],"step_count":-5})json");
  ASSERT_TRUE(run) << run.error().detail;
  EXPECT_EQ(run->output, R"({"a�b":"c\\u0000d😀","submitted":true})");
  EXPECT_EQ(run->failure_reason, "x�y�z");
  EXPECT_EQ(run->errors, (std::vector<RunError>{{"job_closed", "�"}}));
  EXPECT_EQ(run->title, "t");
  EXPECT_EQ(run->recording_url, "");
  EXPECT_EQ(run->app_url, "");
  EXPECT_EQ(run->screenshot_urls, std::vector<std::string>{"https://s.example/1"});
  EXPECT_EQ(run->step_count, std::nullopt);
  std::string accents;
  for (int i = 0; i < 5000; ++i)
    accents += "é";
  json::Writer w;
  w.begin_object().member("run_id", "tsk_1").member("status", "failed");
  accents.insert(0, "x");
  w.member("failure_reason", std::string_view{accents}).end_object();
  auto novel = read_skyvern_webhook(w.text());
  ASSERT_TRUE(novel);
  EXPECT_EQ(novel->failure_reason.size(), 7999u) << "not cut inside a character";
}

TEST(ReadSkyvernWebhook, NothingThatCanArriveBreaksIt) {
  EXPECT_TRUE(rc::check([](const std::string& noise) {
    RC_ASSERT(!read_skyvern_webhook(noise));
    json::Writer w;
    w.begin_object().member("run_id", std::string_view{noise}).member("status", "running");
    w.member("created_at", std::string_view{noise}).end_object();
    auto run = read_skyvern_webhook(w.text());
    RC_ASSERT(!run || !run->run_id.empty());
  }));
}

TEST(SkyvernTimes, WithoutAZoneAreUtc) {
  const std::pair<const char*, const char*> cases[] = {
    {"2026-01-31T15:20:42.160725", "2026-01-31T15:20:42.160725Z"},
    {"2026-01-31T15:20:42", "2026-01-31T15:20:42Z"},
    {"2026-01-31T15:20:42Z", "2026-01-31T15:20:42Z"},
    {"2026-01-31T15:20:42+02:00", "2026-01-31T13:20:42Z"}};
  for (auto [sent, meant] : cases) {
    auto run = read_skyvern_webhook(R"({"run_id":"r","status":"queued","created_at":")" +
                                    std::string{sent} + "\"}");
    ASSERT_TRUE(run);
    EXPECT_EQ(run->created_at, at(meant)) << sent;
  }
}

RunStatus any_status() {
  return static_cast<RunStatus>(*rc::gen::inRange(0, static_cast<int>(RunStatus::other) + 1));
}

TEST(SkyvernSteps, KnownOnes) {
  using enum RunStatus;
  EXPECT_TRUE(is_step(created, queued));
  EXPECT_TRUE(is_step(created, failed));
  EXPECT_TRUE(is_step(running, paused));
  EXPECT_TRUE(is_step(paused, running));
  EXPECT_TRUE(is_step(other, completed));
  EXPECT_TRUE(is_step(canceled, completed));
  EXPECT_FALSE(is_step(running, queued));
  EXPECT_FALSE(is_step(completed, running));
  EXPECT_FALSE(is_step(completed, canceled));
  EXPECT_FALSE(is_step(canceled, failed));
}

TEST(SkyvernSteps, WhateverTheOrderOfTheNewsTheEndStays) {
  EXPECT_TRUE(rc::check([] {
    auto news = *rc::gen::container<std::vector<RunStatus>>(rc::gen::exec(any_status));
    RunStatus known = RunStatus::created;
    std::set<RunStatus> ends;
    for (auto next : news)
      if (is_step(known, next)) {
        RC_ASSERT(next != known);
        known = next;
        if (is_final(known))
          ends.insert(known);
      }
    RC_ASSERT(ends.size() <= 1 || ends == (std::set{RunStatus::canceled, RunStatus::completed}));
    RC_ASSERT(ends.size() < 2 || known == RunStatus::completed);
    RC_ASSERT(!is_step(known, known));
  }));
}

TEST(SkyvernOrder, SaysWhatWasOrderedAndTakesTheRestFromTheSettings) {
  SkyvernSettings settings;
  settings.webhook_url = "https://api.example.com/hooks";
  settings.max_steps = 30;
  SkyvernOrder order;
  order.prompt = "Apply with \"care\".\n{}";
  order.url = "https://boards.example/1";
  order.title = "jobraker 7";
  order.extraction_schema = R"({ "type": "object" })";
  order.error_codes = {{"job_closed", "the posting is gone"}, {"login", "a login is needed"}};
  EXPECT_EQ(
    order_body(settings, order).value_or(""),
    R"({"prompt":"Apply with \"care\".\n{}","url":"https://boards.example/1","title":"jobraker 7",)"
    R"("engine":"skyvern-1.0","webhook_url":"https://api.example.com/hooks","max_steps":30,)"
    R"("data_extraction_schema":{"type":"object"},)"
    R"("error_code_mapping":{"job_closed":"the posting is gone","login":"a login is needed"}})");
  order = {.prompt = "p", .engine = "skyvern-2.0", .proxy_location = "NONE", .max_steps = 5};
  settings.webhook_url.clear();
  EXPECT_EQ(order_body(settings, order).value_or(""),
            R"({"prompt":"p","engine":"skyvern-2.0","proxy_location":"NONE","max_steps":5})");
  order.extraction_schema = "{";
  EXPECT_EQ(order_body(settings, order).error().code, Errc::invalid);
}

TEST(SkyvernSettings, ComeFromTheConfiguration) {
  SkyvernConfig config;
  config.base_url = "http://localhost:8000/";
  config.api_key = "new";
  config.webhook_key_old = "old";
  config.timeout_ms = 1500;
  auto settings = skyvern_settings(config);
  EXPECT_EQ(settings.base_url, "http://localhost:8000");
  EXPECT_EQ(settings.signature_keys, (std::vector<std::string>{"new", "old"}));
  EXPECT_EQ(settings.timeout, std::chrono::milliseconds{1500});
  config.webhook_key_old.clear();
  EXPECT_EQ(skyvern_settings(config).signature_keys, std::vector<std::string>{"new"});
}

}  // namespace
}  // namespace jobraker::net
