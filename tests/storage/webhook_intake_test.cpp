#include "storage/webhook_intake.hpp"

#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;
using test::start;

constexpr auto lease = 30s;

struct WebhookIntakeTest : test::PgTest {
  std::optional<OpenWebhook> take(const std::string& body, Time at = start) {
    return must(run(take_in_webhook(*db, webhook_key("skyvern", body), "tsk_1", body, lease, at)));
  }
  std::vector<OpenWebhook> open(Time at) { return must(run(open_webhooks(*db, lease, at, 10))); }
};

TEST_F(WebhookIntakeTest, TheSameBytesAreTheSameWebhook) {
  auto first = take("{\"a\":1}");
  ASSERT_TRUE(first);
  EXPECT_FALSE(take("{\"a\":1}")) << "somebody reads it just now";
  EXPECT_TRUE(take("{\"a\": 1}")) << "other bytes";
  EXPECT_NE(webhook_key("skyvern", "x"), webhook_key("other", "x"));
  must(run(close_webhook(*db, *first, "applied", start)));
  EXPECT_FALSE(take("{\"a\":1}", start + 24h * 365)) << "it has been read";
  auto rows = sql("SELECT body, outcome FROM webhook_intake WHERE processed_at IS NOT NULL");
  auto row = rows.front();
  EXPECT_EQ(row.get<std::string>(0), "");
  EXPECT_EQ(row.get<std::string>(1), "applied");
}

TEST_F(WebhookIntakeTest, WhatNobodyReadIsGivenToTheNext) {
  auto first = take("body");
  EXPECT_TRUE(open(start + 29s).empty());
  auto found = open(start + 30s);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].body, "body");
  EXPECT_EQ(found[0].run_id, "tsk_1");
  EXPECT_EQ(found[0].received_at, start);
  EXPECT_GT(found[0].fence, first->fence);
  EXPECT_EQ(error_of(run(close_webhook(*db, *first, "late", start + 31s))), Errc::conflict);
  EXPECT_TRUE(open(start + 31s).empty()) << "one has it";
  must(run(close_webhook(*db, found[0], "applied", start + 32s)));
  EXPECT_TRUE(open(start + 24h).empty());
}

TEST_F(WebhookIntakeTest, ADuplicateMayTakeOverToo) {
  auto first = take("body");
  auto second = take("body", start + 1min);
  ASSERT_TRUE(second) << "whoever had it has not come back";
  EXPECT_EQ(error_of(run(close_webhook(*db, *first, "late", start))), Errc::conflict);
  must(run(close_webhook(*db, *second, "applied", start)));
  EXPECT_EQ(sql("SELECT received_at FROM webhook_intake").front().get<Time>(0), start);
}

TEST_F(WebhookIntakeTest, PutOffItComesAgain) {
  auto first = take("body");
  EXPECT_TRUE(must(run(has_open_webhook(*db, "tsk_1"))));
  EXPECT_FALSE(must(run(has_open_webhook(*db, "tsk_2"))));
  must(run(put_off_webhook(*db, *first, 5s, start)));
  EXPECT_TRUE(open(start + 4s).empty());
  auto again = open(start + 5s);
  ASSERT_EQ(again.size(), 1u);
  must(run(close_webhook(*db, again[0], "applied", start)));
  EXPECT_FALSE(must(run(has_open_webhook(*db, "tsk_1"))));
}

TEST_F(WebhookIntakeTest, AClosingThatRollsBackLeavesItOpen) {
  auto first = take("body");
  auto outcome = run(db->transaction([&](Transaction& inside) -> task<Done> {
    auto closed = co_await close_webhook(inside, *first, "applied", start);
    if (!closed)
      co_return closed;
    co_return fail(Errc::conflict, "what follows from it cannot be stored");
  }));
  EXPECT_EQ(error_of(outcome), Errc::conflict);
  EXPECT_EQ(open(start + 1h).size(), 1u);
}

TEST_F(WebhookIntakeTest, OldOnesAreForgottenWithTheirEffects) {
  auto read = take("read");
  auto unread = take("unread");
  must(run(close_webhook(*db, *read, "applied", start)));
  EXPECT_EQ(must(run(forget_webhooks(*db, start, 10))), 0u);
  EXPECT_EQ(must(run(forget_webhooks(*db, start + 1s, 10))), 1u);
  EXPECT_EQ(sql("SELECT count(*) FROM effects").front().get<int>(0), 1);
  EXPECT_EQ(open(start + 1h).size(), 1u);
  EXPECT_TRUE(take("read", start + 2h)) << "as if it were new";
}

}  // namespace
}  // namespace jobraker
