// The sandbox over sockets, spoken to by the product's own client.
#include "tests/sandbox/skyvern_served.hpp"

namespace jobraker::sandbox {
namespace {

TEST(SkyvernWebhook, IsSignedAsTheFactSheetSays) {
  EXPECT_EQ(skyvern_signature("k1", R"({"run_id":"tsk_1","status":"completed"})"),
            "7b05c26db962e054bbce1fd3afcc6399a3e6482d6c1de96ac943dd5ed7df2666");
}

TEST_F(SkyvernServed, TheClientOrdersPollsAndIsTold) {
  auto made = create("application-42");
  ASSERT_TRUE(made) << made.error().error.detail;
  EXPECT_EQ(made->status, net::RunStatus::created);
  EXPECT_EQ(made->title, "application-42");
  auto hooks = receiver_.wait(1);
  ASSERT_EQ(hooks.size(), 1u);
  EXPECT_TRUE(is_signed(hooks[0]));
  EXPECT_TRUE(hooks[0].user_agent.starts_with("python-httpx/"));
  auto told = net::read_skyvern_webhook(hooks[0].body);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->run_id, made->run_id);
  EXPECT_EQ(told->status, net::RunStatus::completed);
  EXPECT_EQ(told->output, R"({"submitted":true})");
  EXPECT_TRUE(told->finished_at.has_value());
  deliveries(made->run_id, 1);
  auto polled = get(made->run_id);
  ASSERT_TRUE(polled);
  EXPECT_EQ(polled->output, told->output);
  EXPECT_EQ(polled->finished_at, told->finished_at);
  auto found = io_.run(net::find_runs(client_, settings_, "cation-42", 10, soon()));
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().run_id, made->run_id);
}

TEST_F(SkyvernServed, ALostReplyLeavesARunToBeFound) {
  fault(FaultKind::lost_reply);
  auto lost = create("application-7");
  ASSERT_FALSE(lost);
  EXPECT_TRUE(lost.error().maybe_created);
  auto found = io_.run(net::find_runs(client_, settings_, "application-7", 10, soon()));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(until(found->front().run_id, net::RunStatus::completed).status,
            net::RunStatus::completed);
}

TEST_F(SkyvernServed, RefusalsMakeNoRun) {
  fault(FaultKind::status, "");
  auto failed = create("t");
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().maybe_created);  // a 500 is not to be trusted
  EXPECT_EQ(failed.error().status, 500);
  auto refused =
    io_.run(net::create_run(client_, settings_, {.prompt = "p", .url = "nowhere"}, soon()));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().maybe_created);
  EXPECT_EQ(refused.error().status, 422);
  EXPECT_TRUE(app_.runs.all().empty());
}

TEST_F(SkyvernServed, DeliveryIsTriedThreeTimes) {
  receiver_.answer({503, 403, 500, 200});
  auto run = create("t");
  ASSERT_TRUE(run);
  auto sent = deliveries(run->run_id, 1);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].answers, (std::vector<int>{503, 403, 500}));
  EXPECT_EQ(get(run->run_id)->webhook_failure_reason, "Webhook failed with HTTP 500");
  receiver_.answer({404});
  auto other = create("t2");
  ASSERT_TRUE(other);
  EXPECT_EQ(deliveries(other->run_id, 1).at(0).answers, std::vector<int>{404});
}

TEST_F(SkyvernServed, AReplayReportsWhatCameOfIt) {
  fault(FaultKind::webhook_lost);
  auto run = create("t");
  ASSERT_TRUE(run);
  until(run->run_id, net::RunStatus::completed);
  net::ClientRequest request;
  request.method = net::Method::post;
  request.url = settings_->base_url + "/v1/runs/" + run->run_id + "/retry_webhook";
  request.headers = {{"x-api-key", "k1"}};
  request.context = soon();
  auto response = io_.run(client_.send(request));
  ASSERT_TRUE(response);
  auto report = json::Document::parse(response->body);
  ASSERT_TRUE(report) << response->body;
  EXPECT_EQ(report->root()["status_code"].integer(), 200);
  EXPECT_EQ(report->root()["response_body"].string_or(""), "noted");
  auto hooks = receiver_.wait(1);
  ASSERT_EQ(hooks.size(), 1u);
  EXPECT_TRUE(is_signed(hooks[0]));
}

TEST_F(SkyvernServed, WebhooksRepeatComeStaleAndForged) {
  fault(FaultKind::webhook_repeat, "", 2);
  fault(FaultKind::webhook_stale);
  ASSERT_TRUE(create("t"));
  auto hooks = receiver_.wait(4);
  ASSERT_EQ(hooks.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(is_signed(hooks[i])) << i;
    EXPECT_EQ(status_in(hooks[i]), i < 3 ? net::RunStatus::completed : net::RunStatus::running);
  }
  EXPECT_EQ(hooks[0].body, hooks[1].body);
  EXPECT_FALSE(net::is_step(net::RunStatus::completed, status_in(hooks[3])));
  fault(FaultKind::webhook_forged);
  ASSERT_TRUE(create("t2"));
  hooks = receiver_.wait(5);
  ASSERT_EQ(hooks.size(), 5u);
  EXPECT_FALSE(is_signed(hooks[4]));
}

TEST_F(SkyvernServed, ACancellationMayLoseItsRace) {
  fault(FaultKind::run_stuck);
  auto stuck = create("t");
  ASSERT_TRUE(stuck);
  until(stuck->run_id, net::RunStatus::running);
  EXPECT_EQ(io_.run(net::cancel_run(client_, settings_, stuck->run_id, soon())),
            net::CancelOutcome::asked);
  EXPECT_EQ(status_in(receiver_.wait(1).at(0)), net::RunStatus::canceled);
  EXPECT_EQ(io_.run(net::cancel_run(client_, settings_, stuck->run_id, soon())),
            net::CancelOutcome::finished);
  fault(FaultKind::run_stuck);
  fault(FaultKind::run_cancel_loses);
  auto racing = create("t2");
  ASSERT_TRUE(racing);
  until(racing->run_id, net::RunStatus::running);
  EXPECT_EQ(io_.run(net::cancel_run(client_, settings_, racing->run_id, soon())),
            net::CancelOutcome::asked);
  ASSERT_EQ(receiver_.wait(2).size(), 2u);
  EXPECT_TRUE(io_.run([](App& app, std::string id) -> task<bool> {
    co_return end_run(co_await asio::this_coro::executor, app, id, "completed");
  }(app_, racing->run_id)));
  auto hooks = receiver_.wait(3);
  ASSERT_EQ(hooks.size(), 3u);
  EXPECT_EQ(status_in(hooks[1]), net::RunStatus::canceled);
  EXPECT_EQ(status_in(hooks[2]), net::RunStatus::completed);
  EXPECT_TRUE(net::is_step(status_in(hooks[1]), status_in(hooks[2])));
  fault(FaultKind::run_outcome, "timed_out");
  auto late = create("t3");
  ASSERT_TRUE(late);
  until(late->run_id, net::RunStatus::timed_out);
  EXPECT_EQ(io_.run(net::cancel_run(client_, settings_, late->run_id, soon())),
            net::CancelOutcome::finished);
}

TEST_F(SkyvernServed, TheResumeIsFetchedFromThisMachine) {
  const auto apply = [&](const std::string& address) {
    auto run = io_.run(
      net::create_run(client_, settings_,
                      {.prompt = R"({"name":"A","email":"a@b.c","resume_url":")" + address + "\"}",
                       .url = server_.url("/forms/acme/pilot")},
                      soon()));
    return run ? get(run->run_id).has_value() ? run->run_id : "" : "";
  };
  auto gone = apply(server_.url("/skyvern/files/file_0/cv.pdf"));
  EXPECT_NE(until(gone, net::RunStatus::terminated).failure_reason.find("HTTP 404"),
            std::string::npos);
  const auto id = app_.runs.add_file("cv.pdf", "application/pdf", "%PDF");
  auto good = apply(server_.url("/skyvern/files/" + id + "/cv.pdf"));
  EXPECT_EQ(until(good, net::RunStatus::completed).status, net::RunStatus::completed);
}

TEST_F(SkyvernServed, EndsCarryTheOrdersCodes) {
  auto run = create("t", "?closed=1");
  ASSERT_TRUE(run);
  auto ended = until(run->run_id, net::RunStatus::terminated);
  EXPECT_TRUE(ended.has_error("job_closed"));
  fault(FaultKind::run_blames_webhook);
  auto blamed = create("t2");
  ASSERT_TRUE(blamed);
  EXPECT_TRUE(until(blamed->run_id, net::RunStatus::failed).only_webhook_failed());
}

}  // namespace
}  // namespace jobraker::sandbox
