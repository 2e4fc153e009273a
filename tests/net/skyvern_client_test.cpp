#include "net/client/skyvern.hpp"

#include <gtest/gtest.h>

#include "tests/net/client_fixture.hpp"

namespace jobraker::net {
namespace {

std::string http(int status, const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + fields +
         "Content-Type: " + "application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

/// Reads a whole request, head and body.
std::string read_request(int socket) {
  auto text = ScriptedServer::read_head(socket);
  const auto at = text.find("Content-Length: ");
  auto left = at == std::string::npos ? 0 : std::stoul(text.substr(at + 16));
  char c = 0;
  for (; left > 0 && ::recv(socket, &c, 1, 0) == 1; --left)
    text.push_back(c);
  return text;
}

/// Skyvern's protocol spoken to scripts.
class SkyvernClient : public ::testing::Test {
protected:
  template <class Call>
  auto with(std::vector<ScriptedServer::Script> scripts, Call call,
            std::chrono::milliseconds timeout = std::chrono::seconds{20}) {
    ScriptedServer server{std::move(scripts)};
    return to(server.url(""), call, timeout);
  }
  template <class Call>
  auto to(const std::string& base, Call call,
          std::chrono::milliseconds timeout = std::chrono::seconds{20}) {
    SkyvernSettings settings;
    settings.base_url = base;
    settings.api_key = "k1";
    settings.timeout = timeout;
    IoThreads io{1};
    HttpClient client{io.front()};
    auto out = io.run(call(client, std::make_shared<const SkyvernSettings>(settings)));
    io.stop();
    return out;
  }
  static task<CreateResult> create(HttpClient& client, SkyvernSettingsPtr settings) {
    return create_run(client, std::move(settings), {.prompt = "p", .title = "t"},
                      Context::system(std::chrono::seconds{20}));
  }
  static task<Result<CancelOutcome>> cancel(HttpClient& client, SkyvernSettingsPtr settings) {
    return cancel_run(client, std::move(settings), "tsk_1",
                      Context::system(std::chrono::seconds{20}));
  }
  static task<Result<std::vector<SkyvernRun>>> find(HttpClient& client,
                                                    SkyvernSettingsPtr settings) {
    return find_runs(client, std::move(settings), "job 7&", 10,
                     Context::system(std::chrono::seconds{20}));
  }
};

TEST_F(SkyvernClient, ARunThatWasMadeIsRead) {
  std::string seen;
  auto run = with({[&](int socket) {
                    seen = read_request(socket);
                    ScriptedServer::write(
                      socket, http(200, R"({"run_id":"tsk_1","status":"queued","title":"t"})"));
                  }},
                  create);
  ASSERT_TRUE(run) << run.error().error.detail;
  EXPECT_EQ(run->run_id, "tsk_1");
  EXPECT_EQ(run->status, RunStatus::queued);
  EXPECT_TRUE(seen.starts_with("POST /v1/run/tasks HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("x-api-key: k1\r\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find(R"({"prompt":"p","title":"t","engine":"skyvern-1.0","max_steps":50})"),
            std::string::npos)
    << seen;
}

TEST_F(SkyvernClient, ARefusalIsCertainAndSpeaks) {
  struct Case {
    int status;
    std::string body;
    Errc code;
    std::string words;
  };
  const Case cases[] = {
    {422,
     R"({"detail":[{"loc":["body","url"],"msg":"Input should be a valid URL","input":"secret"}]})",
     Errc::unprocessable, "body.url: Input should be a valid URL"},
    {400, R"({"detail":"The host in your url is blocked"})", Errc::unprocessable,
     "The host in your url is blocked"},
    {403, R"({"detail":"Invalid credentials"})", Errc::upstream_failed, "refuses our key"},
    {402, R"({"detail":"Out of credits"})", Errc::upstream_failed, "Out of credits"},
    {404, "<html>", Errc::upstream_failed, "HTTP 404"}};
  for (const auto& one : cases) {
    auto run = with({ScriptedServer::answer(http(one.status, one.body))}, create);
    ASSERT_FALSE(run);
    EXPECT_FALSE(run.error().maybe_created) << one.status;
    EXPECT_EQ(run.error().status, one.status);
    EXPECT_EQ(run.error().error.code, one.code) << one.status;
    EXPECT_NE(run.error().error.detail.find(one.words), std::string::npos)
      << run.error().error.detail;
    EXPECT_EQ(run.error().error.detail.find("secret"), std::string::npos);
  }
}

TEST_F(SkyvernClient, TooManyIsCertainAndSaysWhenToComeBack) {
  auto run = with(
    {ScriptedServer::answer(http(429, R"({"detail":"Rate limit exceeded for organization o_1."})",
                                 "Retry-After: 7\r\n"))},
    create);
  ASSERT_FALSE(run);
  EXPECT_FALSE(run.error().maybe_created);
  EXPECT_EQ(run.error().error.code, Errc::rate_limited);
  EXPECT_EQ(run.error().error.retry_after, std::chrono::milliseconds{7000});
  EXPECT_NE(run.error().error.detail.find("organization o_1"), std::string::npos);
}

TEST_F(SkyvernClient, WithNobodyThereNothingWasMade) {
  std::string nobody;
  {
    ScriptedServer server{{}};
    nobody = server.url("");
  }
  auto run = to(nobody, create);
  ASSERT_FALSE(run);
  EXPECT_FALSE(run.error().maybe_created);
  EXPECT_EQ(run.error().error.code, Errc::upstream_failed);
  run = to("ftp://nowhere", create);
  ASSERT_FALSE(run);
  EXPECT_FALSE(run.error().maybe_created);
  EXPECT_EQ(run.error().error.code, Errc::malformed);
}

TEST_F(SkyvernClient, AfterSendingNobodyKnowsAndNobodyAsksAgain) {
  const auto hang_up = [](int socket) { read_request(socket); };
  const auto stay_silent = [](int socket) {
    read_request(socket);
    ScriptedServer::wait_for_end(socket);
  };
  const std::string whole = http(200, R"({"run_id":"tsk_1","status":"queued"})");
  const std::pair<ScriptedServer::Script, Errc> cases[] = {
    {hang_up, Errc::upstream_failed},
    {ScriptedServer::answer(whole.substr(0, whole.size() - 3)), Errc::upstream_failed},
    {ScriptedServer::answer("nonsense\r\n\r\n"), Errc::upstream_failed},
    {ScriptedServer::answer(http(200, "{}")), Errc::upstream_failed},
    {ScriptedServer::answer(http(200, "")), Errc::upstream_failed},
    {ScriptedServer::answer(http(204, "")), Errc::upstream_failed},
    {ScriptedServer::answer(http(500, R"({"error":"Unexpected error: X"})")),
     Errc::upstream_failed},
    {ScriptedServer::answer(http(502, "<html>")), Errc::upstream_failed},
    {ScriptedServer::answer(http(408, "")), Errc::upstream_failed},
    {ScriptedServer::answer(http(303, "", "Location: /x\r\n")), Errc::upstream_failed},
    {stay_silent, Errc::upstream_timed_out}};
  for (const auto& [script, code] : cases) {
    int more = 0;
    auto run = with({script, [&](int) { ++more; }}, create, std::chrono::milliseconds{500});
    ASSERT_FALSE(run);
    EXPECT_TRUE(run.error().maybe_created) << run.error().error.detail;
    EXPECT_EQ(run.error().error.code, code) << run.error().error.detail;
    EXPECT_EQ(more, 0);
  }
}

TEST_F(SkyvernClient, AnOrderThatCannotBeSaidIsNotSent) {
  auto run = to("http://127.0.0.1:1", [](HttpClient& client, SkyvernSettingsPtr settings) {
    return create_run(client, settings, {.prompt = "p", .extraction_schema = "{"},
                      Context::system(std::chrono::seconds{20}));
  });
  ASSERT_FALSE(run);
  EXPECT_FALSE(run.error().maybe_created);
  EXPECT_EQ(run.error().error.code, Errc::invalid);
}

TEST_F(SkyvernClient, SearchesAreEscapedAndListsReadWhole) {
  std::string seen;
  const auto list = [&](std::string body) {
    return with({[&seen, body](int socket) {
                  seen = read_request(socket);
                  ScriptedServer::write(socket, http(200, body));
                }},
                find);
  };
  auto runs = list(
    R"([{"task_run_id":"tr_1","run_id":"tsk_1","task_run_type":"task_v1","status":"running","title":"job 7&"},
        {"task_run_id":"tr_2","run_id":"tsk_2","status":"completed","title":null}])");
  ASSERT_TRUE(runs) << runs.error().detail;
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ(runs->at(0).run_id, "tsk_1");
  EXPECT_EQ(runs->at(0).title, "job 7&");
  EXPECT_EQ(runs->at(1).status, RunStatus::completed);
  EXPECT_TRUE(seen.starts_with("GET /v1/runs?search_key=job%207%26&page=1&page_size=10 HTTP/1.1"))
    << seen;
  EXPECT_TRUE(list("[]")->empty());
  EXPECT_EQ(list(R"([{"run_id":"tsk_1","status":"running"},{}])").error().code,
            Errc::upstream_failed);
  EXPECT_EQ(list("{}").error().code, Errc::upstream_failed);
}

TEST_F(SkyvernClient, AMissingRunIsNotFound) {
  auto run =
    with({ScriptedServer::answer(http(404, R"({"detail":"Task run not found x"})"))},
         [](HttpClient& client, SkyvernSettingsPtr settings) {
           return get_run(client, settings, "x", Context::system(std::chrono::seconds{20}));
         });
  EXPECT_EQ(run.error().code, Errc::not_found);
}

TEST_F(SkyvernClient, CancellingWhatHasEndedIsNoError) {
  const auto finished = http(200, R"({"run_id":"tsk_1","status":"timed_out"})");
  const auto running = http(200, R"({"run_id":"tsk_1","status":"running"})");
  EXPECT_EQ(with({ScriptedServer::answer(http(200, "null"))}, cancel).value(),
            CancelOutcome::asked);
  for (int status : {400, 500}) {
    const auto refused =
      http(status, R"({"detail":"Invalid task status transition"})", "Connection: close\r\n");
    EXPECT_EQ(
      with({ScriptedServer::answer(refused), ScriptedServer::answer(finished)}, cancel).value(),
      CancelOutcome::finished);
    auto still = with({ScriptedServer::answer(refused), ScriptedServer::answer(running)}, cancel);
    ASSERT_FALSE(still);
    EXPECT_EQ(still.error().code, status == 400 ? Errc::unprocessable : Errc::upstream_failed);
  }
  EXPECT_EQ(with({ScriptedServer::answer(http(404, "{}"))}, cancel).error().code, Errc::not_found);
  EXPECT_EQ(with({ScriptedServer::answer(http(503, "{}"))}, cancel).error().code,
            Errc::upstream_failed);
}

}  // namespace
}  // namespace jobraker::net
