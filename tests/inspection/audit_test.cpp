#include "storage/audit.hpp"

#include "storage/llm_calls.hpp"
#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using test::error_of;
using test::must;

struct AuditTest : test::PgTest {
  const UserId ada = UserId::fresh(), bob = UserId::fresh();

  AuditEntry write(UserId who, std::string action, std::string target) {
    AuditEntry entry;
    entry.id = AuditId::fresh();
    entry.at = now();
    entry.who = who;
    entry.action = std::move(action);
    entry.target = std::move(target);
    entry.detail = "1 actor: why";
    must(run(storage::write_audit(*db, entry)));
    return entry;
  }
  std::vector<std::string> targets(GetAudit query) {
    std::vector<std::string> out;
    do {
      auto page = must(run(storage::list_audit(*db, query)));
      EXPECT_LE(page.items.size(), static_cast<std::size_t>(query.limit));
      for (auto& entry : page.items)
        out.push_back(entry.target);
      query.cursor = page.next;
    } while (query.cursor);
    return out;
  }
};

TEST_F(AuditTest, WhatIsWrittenIsRead) {
  auto entry = write(ada, "actor.stop", "/users/1");
  entry.ip = "127.0.0.1";
  entry.id = AuditId::fresh();
  must(run(storage::write_audit(*db, entry)));
  auto page = must(run(storage::list_audit(*db, {})));
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].id, entry.id);
  EXPECT_EQ(page.items[0].at, entry.at);
  EXPECT_EQ(page.items[0].who, ada);
  EXPECT_EQ(page.items[0].detail, "1 actor: why");
  EXPECT_EQ(page.items[0].ip, "127.0.0.1");
  EXPECT_FALSE(page.items[1].ip);
  EXPECT_EQ(error_of(run(storage::write_audit(*db, entry))), Errc::conflict);
}

TEST_F(AuditTest, IsReadByPersonPathAndAction) {
  write(ada, "actor.stop", "/users/1");
  write(bob, "actor.pause", "/users");
  write(ada, "actor.pause", "/users2/1");
  write(ada, "actor.pause", "/a_b/1");
  write(ada, "actor.pause", "/aXb/1");
  using Targets = std::vector<std::string>;
  GetAudit query;
  query.limit = 1;
  EXPECT_EQ(targets(query), (Targets{"/aXb/1", "/a_b/1", "/users2/1", "/users", "/users/1"}));
  query.actor = to_string(bob);
  EXPECT_EQ(targets(query), Targets{"/users"});
  query.actor = "/users";
  EXPECT_EQ(targets(query), (Targets{"/users", "/users/1"}));
  query.actor = "/a_b";
  EXPECT_EQ(targets(query), Targets{"/a_b/1"}) << "signs of LIKE are text";
  query.actor = "/";
  query.action = "actor.stop";
  EXPECT_EQ(targets(query), Targets{"/users/1"});
  query.cursor = "nonsense";
  EXPECT_EQ(error_of(run(storage::list_audit(*db, query))), Errc::invalid);
}

TEST_F(AuditTest, ATraceKnowsItsModelCalls) {
  const auto at = now();
  storage::CallRecord call;
  call.id = new_uuid();
  call.at = at;
  call.operation = "chat";
  call.provider = "openai";
  call.model = "gpt";
  call.cost_nano = 2'500'000'000;
  call.latency_ms = 7;
  call.trace_id = std::string(32, 'a');
  auto other = call;
  other.id = new_uuid();
  other.trace_id = std::string(32, 'b');
  must(run(storage::append_calls(*db, {call, other}, true)));
  const auto hour = std::chrono::hours{1};
  auto calls = must(run(storage::calls_of_trace(*db, call.trace_id, at - hour, at + hour)));
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].operation, "chat");
  EXPECT_EQ(calls[0].cost_usd, 2.5);
  EXPECT_EQ(calls[0].ms, 7);
  EXPECT_TRUE(must(run(storage::calls_of_trace(*db, call.trace_id, at + hour, at + hour))).empty());
}

}  // namespace
}  // namespace jobraker
