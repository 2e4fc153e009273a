#include <set>

#include "tests/sandbox/skyvern_quick.hpp"

namespace jobraker::sandbox {
namespace {

TEST(Skyvern, WantsAKey) {
  Quick q;
  for (auto key : {"", "bad", "invalid-1"}) {
    auto response = q.ask(net::Method::post, "/v1/run/tasks", R"({"prompt":"p"})", key);
    EXPECT_EQ(response.status, 403) << key;
    EXPECT_EQ(response.bytes(), R"({"detail":"Invalid credentials"})");
  }
  EXPECT_EQ(q.control("skyvern/runs").root()["runs"].size(), 0u);
  auto request = call(net::Method::post, "/v1/run/tasks", R"({"prompt":"p"})");
  request.headers.set("authorization", "Bearer k1");
  EXPECT_EQ(q.served(std::move(request)).status, 200);
}

TEST(Skyvern, ARunGoesThroughAllStatusesAndCompletes) {
  Quick q;
  auto made = q.json(net::Method::post, "/v1/run/tasks",
                     R"({"prompt":"p","title":"t","url":"https://example.com/job"})");
  EXPECT_EQ(made.root()["status"].string_or(""), "created");
  EXPECT_EQ(made.root()["run_request"]["title"].string_or(""), "t");
  auto id = q.create("job 1");
  EXPECT_TRUE(id.starts_with("tsk_"));
  auto run = q.get(id);
  EXPECT_EQ(run.root()["status"].string_or(""), "completed");
  EXPECT_EQ(run.root()["created_at"].string_or("").size(), 26u);  // naive, with microseconds
  EXPECT_FALSE(run.root()["finished_at"].is_null());
  auto seen = q.control("skyvern/runs/" + id);
  std::string history;
  seen.root()["history"].each_element(
    [&](json::View step) { history += step["status"].string_or("") + " "; });
  EXPECT_EQ(history, "created queued running completed ");
  EXPECT_EQ(seen.root()["submitted"].boolean(), true);
  EXPECT_FALSE(seen.root()["key"]);
  EXPECT_EQ(q.ask(net::Method::get, "/v1/runs/tsk_0").status, 404);
}

TEST(Skyvern, WhatItPointsToIsThere) {
  Quick q;
  auto run = q.get(q.create("t"));
  const auto fetch = [&](json::View url) {
    auto text = url.string_or("");
    const std::string base = "http://127.0.0.1:8089";
    EXPECT_TRUE(text.starts_with(base)) << text;
    return q.ask(net::Method::get, text.substr(base.size()), "", "");
  };
  auto film = fetch(run.root()["recording_url"]);
  EXPECT_EQ(film.headers.value("content-type"), "video/webm");
  EXPECT_TRUE(film.bytes().starts_with("\x1a\x45\xdf\xa3"));
  ASSERT_EQ(run.root()["screenshot_urls"].size(), 2u);
  EXPECT_TRUE(fetch(run.root()["screenshot_urls"].at(0)).bytes().starts_with("\x89PNG"));
  EXPECT_EQ(fetch(run.root()["app_url"]).status, 200);
  EXPECT_EQ(q.ask(net::Method::get, "/skyvern/artifacts/tsk_0/recording.webm", "", "").status, 404);
  EXPECT_EQ(
    q.ask(net::Method::get, "/forms/acme/pilot?closed=1", "", "").bytes().find("name=\"email\""),
    std::string_view::npos);
}

TEST(Skyvern, RunsAreFoundByTitleAndAddressInPages) {
  Quick q;
  for (int i = 0; i < 5; ++i)
    q.create("application-" + std::to_string(i), i == 4 ? "?closed=1" : "");
  q.create("application-9", "", R"(,"engine":"skyvern-2.0")");
  const auto find = [&](const std::string& query) {
    return q.json(net::Method::get, "/v1/runs?" + query);
  };
  auto one = find("search_key=CATION-3&page_size=10");
  ASSERT_EQ(one.root().size(), 1u);
  EXPECT_EQ(one.root().at(0)["title"].string_or(""), "application-3");
  EXPECT_NE(one.root().at(0)["task_run_id"].string_or(""),
            one.root().at(0)["run_id"].string_or(""));
  EXPECT_EQ(find("search_key=application-9").root().size(), 0u);  // 2.0 keeps no title
  EXPECT_EQ(find("search_key=acme/pilot").root().size(), 6u);
  EXPECT_EQ(find("search_key=acme/pilot&run_type=task_v2").root().size(), 1u);
  EXPECT_EQ(find("search_key=application&status=terminated").root().size(), 1u);
  EXPECT_EQ(find("search_key=application&status=terminated&status=completed").root().size(), 5u);
  std::set<std::string> ids;
  for (auto page : {"1", "2", "3"}) {
    auto part = find("page_size=2&page=" + std::string{page});
    EXPECT_EQ(part.root().size(), 2u);
    part.root().each_element([&](json::View run) { ids.insert(run["run_id"].string_or("")); });
  }
  EXPECT_EQ(ids.size(), 6u);
  EXPECT_EQ(find("page=4&page_size=2").root().size(), 0u);
  for (auto query : {"search_key=ab", "page=0", "page=x", "page_size=101"})
    EXPECT_EQ(q.ask(net::Method::get, "/v1/runs?" + std::string{query}).status, 422) << query;
}

TEST(Skyvern, MissingAnswersEndOrPauseARun) {
  Quick q;
  auto ended = q.get(q.create("t", "?need=shoe_size"));
  EXPECT_EQ(ended.root()["status"].string_or(""), "terminated");
  EXPECT_NE(ended.root()["failure_reason"].string_or("").find("shoe_size"), std::string::npos);
  q.control("skyvern/settings", R"({"pause_on_missing":true})");
  auto id = q.create("t", "?need=shoe_size");
  EXPECT_EQ(q.status(id), "paused");
  EXPECT_EQ(q.control("skyvern/runs/" + id, R"({"resume":true})").root()["status"].string_or(""),
            "running");
  EXPECT_EQ(q.status(id), "completed");
  EXPECT_EQ(q.ask(net::Method::post, "/control/skyvern/runs/" + id, R"({"resume":true})").status,
            409);
}

TEST(Skyvern, CancellingHasItsQuirks) {
  Quick q;
  const auto cancel = [&](const std::string& id) {
    return q.ask(net::Method::post, "/v1/runs/" + id + "/cancel");
  };
  EXPECT_EQ(cancel("tsk_0").status, 404);
  EXPECT_EQ(cancel(q.create("done")).status, 400);
  q.fault(R"("kind":"run_outcome","body":"timed_out")");
  auto late = q.create("late");
  EXPECT_EQ(q.status(late), "timed_out");
  EXPECT_EQ(cancel(late).status, 500);
  q.fault(R"("kind":"run_stuck")");
  auto stuck = q.create("stuck");
  EXPECT_EQ(q.status(stuck), "running");
  auto response = cancel(stuck);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.bytes(), "null");
  EXPECT_EQ(q.status(stuck), "canceled");
  EXPECT_EQ(cancel(stuck).status, 400);
}

TEST(Skyvern, AStuckRunEndsWhenToldTo) {
  Quick q;
  q.fault(R"("kind":"run_stuck")");
  auto id = q.create("stuck");
  EXPECT_EQ(q.ask(net::Method::post, "/control/skyvern/runs/" + id, R"({"end":"gone"})").status,
            400);
  q.control("skyvern/runs/" + id, R"({"end":"failed"})");
  EXPECT_EQ(q.status(id), "failed");
  EXPECT_EQ(q.ask(net::Method::post, "/control/skyvern/runs/" + id, R"({"end":"failed"})").status,
            409);
}

TEST(Skyvern, ACreationThatFailsMayHaveMadeARun) {
  Quick q;
  const auto post = [&] {
    return q.ask(net::Method::post, "/v1/run/tasks", R"({"prompt":"p","title":"one"})");
  };
  const auto made = [&] { return q.control("skyvern/runs").root()["runs"].size(); };
  q.fault(R"("kind":"status","status":503,"match":{"path_prefix":"/v1/run/tasks"})");
  EXPECT_EQ(post().status, 503);
  EXPECT_EQ(made(), 0u);
  q.fault(R"("kind":"status","status":429,"match":{"path_prefix":"/v1/run/tasks"})");
  EXPECT_NE(post().bytes().find("Rate limit exceeded"), std::string_view::npos);
  EXPECT_EQ(made(), 0u);
  q.fault(R"("kind":"status_after","status":500,"match":{"path_prefix":"/v1/run/tasks"})");
  EXPECT_EQ(post().status, 500);
  EXPECT_EQ(made(), 1u);
  q.fault(R"("kind":"lost_reply","match":{"path_prefix":"/v1/run/tasks"})");
  auto lost = post();
  ASSERT_TRUE(std::holds_alternative<net::BodyProducer>(lost.body));
  EXPECT_FALSE(run(std::get<net::BodyProducer>(lost.body)()));
  EXPECT_EQ(made(), 2u);
  q.fault(R"("kind":"late_reply","ms":1,"match":{"path_prefix":"/v1/run/tasks"})");
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(made(), 3u);
  EXPECT_EQ(q.control("skyvern/runs?title=one").root()["runs"].size(), 3u);
}

TEST(Skyvern, FaultsOfRunsWaitForRuns) {
  Quick q;
  q.fault(R"("kind":"run_unlisted")");
  EXPECT_EQ(q.json(net::Method::get, "/v1/runs").root().size(), 0u);
  auto hidden = q.create("hidden");
  auto shown = q.create("shown");
  EXPECT_EQ(q.json(net::Method::get, "/v1/runs").root().size(), 1u);
  EXPECT_EQ(q.status(hidden), "completed");
  EXPECT_EQ(
    q.ask(net::Method::post, "/control/faults", R"({"kind":"run_outcome","body":"x"})").status,
    400);
  q.fault(R"("kind":"run_blames_webhook")");
  auto blamed = q.get(q.create("b"));
  EXPECT_EQ(blamed.root()["status"].string_or(""), "failed");
  EXPECT_NE(blamed.root()["failure_reason"].string_or("").find("Failed to send webhook"),
            std::string::npos);
  EXPECT_TRUE(blamed.root()["output"].is_object());
}

TEST(Skyvern, UploadsAreKeptForTheAgent) {
  Quick q;
  auto request = call(net::Method::post, "/v1/upload_file",
                      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"my cv.pdf\""
                      "\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4\r\n--b--\r\n");
  request.headers.set("x-api-key", "k1");
  request.headers.set("host", "127.0.0.1:8089");
  request.headers.set("content-type", "multipart/form-data; boundary=b");
  auto answer = parsed(q.served(std::move(request)));
  auto url = answer.root()["presigned_url"].string_or("");
  ASSERT_TRUE(url.starts_with("http://127.0.0.1:8089/")) << url;
  auto file = q.ask(net::Method::get, url.substr(21), "", "");
  EXPECT_EQ(file.bytes(), "%PDF-1.4");
  EXPECT_EQ(file.headers.value("content-type"), "application/pdf");
  EXPECT_EQ(q.ask(net::Method::post, "/v1/upload_file", "x").status, 422);
}

TEST(Skyvern, SettingsAndReset) {
  Quick q;
  q.create("t");
  for (auto body : {R"({"step_ms":-1})", R"({"retry_ms":"x"})", R"({"loopback":1})", "["})
    EXPECT_EQ(q.ask(net::Method::post, "/control/skyvern/settings", body).status, 400) << body;
  EXPECT_EQ(
    q.control("skyvern/settings", R"({"loopback":false,"step_ms":7})").root()["loopback"].boolean(),
    false);
  EXPECT_EQ(q.ask(net::Method::post, "/v1/run/tasks",
                  R"({"prompt":"p","webhook_url":"http://127.0.0.1:1/x"})")
              .status,
            400);
  EXPECT_EQ(q.ask(net::Method::post, "/control/reset").status, 204);
  EXPECT_EQ(q.control("skyvern/runs").root()["runs"].size(), 0u);
  EXPECT_EQ(q.control("skyvern/settings").root()["step_ms"].integer(), 0);
}

}  // namespace
}  // namespace jobraker::sandbox
