#include "storage/operator_lists.hpp"

#include <map>
#include <random>
#include <set>

#include "actors/applications/core/stuck.hpp"
#include "storage/applications.hpp"
#include "storage/llm_calls.hpp"
#include "storage/operation_figures.hpp"
#include "storage/submissions.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using applications::stuck_by;
using applications::stuck_rules;
using test::error_of;
using test::must;
using test::start;
using Status = ApplicationStatus;
using Phase = SubmissionPhase;

struct WatchTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (db)
      ada = person("ada@example.com");
  }
  Application track(const std::string& company, Status status = Status::draft, Time at = start) {
    NewApplication n;
    n.user = ada;
    n.company = company;
    n.job_title = "Welder";
    n.status = status;
    return must(run(create_application(*db, n, at)));
  }
  WatchedApplicationPage watch(WatchApplications query = {}, Time at = start + 1h) {
    return must(run(watch_applications(*db, query, stuck_rules({}, at))));
  }
  std::vector<std::string> companies(WatchApplications query, Time at = start + 1h) {
    std::vector<std::string> out;
    for (const auto& item : watch(query, at).items)
      out.push_back(item.company);
    return out;
  }
  /// An application whose rows say just that.
  ApplicationId put(const StuckFacts& f, bool with_submission) {
    auto a = track("Acme " + std::to_string(++count_));
    sql("UPDATE applications SET status = $2, status_at = $3 WHERE id = $1",
        {a.id, f.status, f.since});
    if (!with_submission)
      return a.id;
    auto s = must(run(find_submission(*db, a)));
    s.phase = f.phase;
    s.stale = f.stale;
    s.in_vain = f.in_vain;
    s.wake_at = f.wake_at;
    must(run(save_submission(*db, s, start)));
    return a.id;
  }
  UserId ada{};

private:
  int count_ = 0;
};

TEST_F(WatchTest, ShowsAnybodysApplicationsTheLatestFirst) {
  track("First", Status::draft, start);
  auto bob = person("bob@example.com");
  ada = bob;
  auto second = track("Second", Status::submitted, start + 1min);
  auto page = watch();
  ASSERT_EQ(page.items.size(), 2U);
  const auto& a = page.items[0];
  EXPECT_EQ(a.id, second.id);
  EXPECT_EQ(a.user_id, bob);
  EXPECT_EQ(a.company, "Second");
  EXPECT_EQ(a.title, "Welder");
  EXPECT_EQ(a.state, Status::submitted);
  EXPECT_EQ(a.since, start + 1min);
  EXPECT_EQ(a.job_id, std::nullopt);
  EXPECT_FALSE(a.stuck);
  EXPECT_EQ(a.run_id, std::nullopt);
  EXPECT_EQ(a.attempts, 0);
  EXPECT_EQ(a.next_check_at, std::nullopt);
  EXPECT_EQ(page.items[1].company, "First");
  EXPECT_EQ(page.next, std::nullopt);
}

TEST_F(WatchTest, SinceIsWhenTheStatusBeganNotWhatWasNotedLater) {
  auto a = track("Acme", Status::submitted, start);
  must(run(change_application(*db, a.id, ada, {.status = Status::interviewing}, start + 10min)));
  must(run(change_application(*db, a.id, ada, {.notes = "Call back"}, start + 20min)));
  must(run(note_application(*db, a.id, "Noted", start + 30min)));
  auto item = watch().items.at(0);
  EXPECT_EQ(item.since, start + 10min);
  EXPECT_EQ(item.updated_at, start + 30min);
}

TEST_F(WatchTest, WhatIsKnownOfTheSendingIsThere) {
  auto a = track("Acme");
  auto s = must(run(find_submission(*db, a)));
  s.run_id = "tsk_1";
  s.fence = 3;
  s.phase = Phase::running;
  s.wake_at = start + 2h;
  must(run(save_submission(*db, s, start)));
  auto item = watch().items.at(0);
  EXPECT_EQ(item.run_id, "tsk_1");
  EXPECT_EQ(item.attempts, 3);
  EXPECT_EQ(item.next_check_at, start + 2h);
}

TEST_F(WatchTest, StatesAndStuckOnesCanBeAskedFor) {
  auto at = start + 30 * 24h;
  put({Status::unknown, Phase::ended, false, false, start + 2h, {}}, true);      // Acme 1
  put({Status::unknown, Phase::ended, false, false, at - 1min, {}}, true);       // Acme 2
  put({Status::needs_input, Phase::idle, false, false, start + 1h, {}}, false);  // Acme 3
  put({Status::submitted, Phase::ended, false, false, start + 3h, {}}, true);    // Acme 4
  EXPECT_EQ(companies({.state = Status::unknown}, at),
            (std::vector<std::string>{"Acme 2", "Acme 1"}));
  EXPECT_EQ(companies({.stuck = true}, at), (std::vector<std::string>{"Acme 3", "Acme 1"}));
  EXPECT_EQ(companies({.stuck = false}, at), (std::vector<std::string>{"Acme 2", "Acme 4"}));
  EXPECT_EQ(companies({.state = Status::unknown, .stuck = true}, at),
            std::vector<std::string>{"Acme 1"});
  EXPECT_EQ(watch({.stuck = true}, at).items.at(0).stuck_reason, StuckReason::needs_input);
}

TEST_F(WatchTest, PagesHoldEachApplicationOnce) {
  for (int i = 0; i < 7; ++i)
    put({Status::unknown, Phase::ended, false, false, start - std::chrono::minutes{i / 2}, {}},
        i % 2 != 0);
  for (auto stuck : {std::optional<bool>{}, std::optional{true}}) {
    std::vector<std::pair<Time, ApplicationId>> seen;
    std::optional<std::string> cursor;
    do {
      auto page = watch({.stuck = stuck, .limit = 3, .cursor = cursor});
      EXPECT_LE(page.items.size(), 3U);
      for (const auto& item : page.items)
        seen.emplace_back(item.since, item.id);
      cursor = page.next;
    } while (cursor);
    auto sorted = seen;
    std::sort(sorted.begin(), sorted.end());
    if (!stuck)
      std::reverse(sorted.begin(), sorted.end());
    EXPECT_EQ(seen, sorted);
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 7U);
  }
}

TEST_F(WatchTest, ACursorThatIsNoneIsRefused) {
  for (const char* cursor : {"", "x", "00000000-0000-0000-0000-000000000000", "../../etc"})
    EXPECT_EQ(error_of(run(watch_applications(*db, {.cursor = cursor}, stuck_rules({}, start)))),
              Errc::invalid)
      << cursor;
}

// Every status with every phase, mark and time there is.
TEST_F(WatchTest, TheDatabaseAndTheRulesAgreeOnWhoIsStuck) {
  const auto rules = stuck_rules({}, start);
  std::map<ApplicationId, std::optional<StuckReason>> wanted;
  std::map<StuckReason, std::int64_t> counts;
  const std::optional<Time> wakes[] = {std::nullopt, start - 6min, start - 5min, start + 1min};
  for (int n = 0; n < 12 * 6 * 4; ++n) {
    StuckFacts f;
    f.status = static_cast<Status>(n % 12);
    auto phase = n / 12 % 6;
    f.phase = phase == 5 ? Phase::idle : static_cast<Phase>(phase);
    if (phase != 5) {
      f.stale = (n / 72 & 1) != 0;
      f.in_vain = (n / 72 & 2) != 0;
      f.wake_at = wakes[(n * 7 / 12) % 4];
    }
    for (auto age : {std::chrono::milliseconds{0}, std::chrono::milliseconds{11min},
                     std::chrono::milliseconds{25h}, std::chrono::milliseconds{73h}}) {
      f.since = start - age;
      auto reason = stuck_by(rules, f);
      wanted[put(f, phase != 5)] = reason;
      if (reason)
        ++counts[*reason];
    }
  }
  EXPECT_EQ(counts.size(), 6U) << "not every reason came about";
  std::map<ApplicationId, std::optional<StuckReason>> found;
  std::set<ApplicationId> stuck;
  for (auto only : {false, true}) {
    WatchApplications query{.limit = 500};
    if (only)
      query.stuck = true;
    do {
      auto page = must(run(watch_applications(*db, query, rules)));
      for (const auto& item : page.items)
        only ? void(stuck.insert(item.id)) : void(found[item.id] = item.stuck_reason);
      query.cursor = page.next;
    } while (query.cursor);
  }
  EXPECT_EQ(found, wanted);
  std::erase_if(wanted, [](const auto& item) { return !item.second; });
  EXPECT_EQ(stuck.size(), wanted.size());
  for (const auto& [id, reason] : wanted)
    EXPECT_EQ(stuck.count(id), 1U);
  std::map<StuckReason, std::int64_t> counted;
  for (auto [reason, count] : must(run(count_stuck(*db, rules))))
    counted[reason] = count;
  EXPECT_EQ(counted, counts);
  // What the metric of silent ones and the console's alarms count.
  EXPECT_EQ(must(run(count_stale_submissions(*db))), counts[StuckReason::silent]);
}

struct CallsTest : test::PgTest {
  CallRecord call(std::int64_t n) {
    CallRecord c;
    c.id = new_uuid();
    c.at = start + std::chrono::minutes{n};
    c.operation = n % 2 ? "chat" : "score";
    c.provider = n % 3 ? "openai" : "anthropic";
    c.model = "m-" + std::to_string(n % 4);
    c.latency_ms = n * 37 % 11;
    c.cost_nano = n * 53 % 7 * 1000;
    c.outcome = "ok";
    return c;
  }
  void store(std::vector<CallRecord> calls) { must(run(append_calls(*db, std::move(calls)))); }
  static ListModelCalls all() {
    ListModelCalls q;
    q.from = start - 24h;
    q.to = start + 24h;
    return q;
  }
  std::vector<LoggedCall> read(ListModelCalls query) {
    std::vector<LoggedCall> out;
    do {
      auto page = must(run(list_model_calls(*db, query)));
      EXPECT_LE(page.items.size(), static_cast<std::size_t>(query.limit));
      out.insert(out.end(), page.items.begin(), page.items.end());
      query.cursor = page.next;
    } while (query.cursor);
    return out;
  }
};

TEST_F(CallsTest, AreShownWhole) {
  auto c = call(1);
  c.user_id = UserId::of("ada");
  c.company_id = CompanyId::of("acme");
  c.tokens_in = 100;
  c.tokens_cached = 20;
  c.tokens_out = 30;
  c.cost_nano = 1'234'567;
  c.first_token_ms = 200;
  c.outcome = "rate_limited";
  c.error = "the language model is busy";
  c.trace_id = "0af7651916cd43dd8448eb211c80319c";
  store({c, call(0)});
  auto found = read(all());
  ASSERT_EQ(found.size(), 2U);
  const auto& first = found[0];
  EXPECT_EQ(first.id.uuid, c.id);
  EXPECT_EQ(first.at, c.at);
  EXPECT_EQ(first.operation, "chat");
  EXPECT_EQ(first.provider, "openai");
  EXPECT_EQ(first.model, "m-1");
  EXPECT_EQ(first.outcome, "rate_limited");
  EXPECT_EQ(first.latency_ms, 4);
  EXPECT_EQ(first.first_token_ms, 200);
  EXPECT_EQ(std::tuple(first.input, first.cached, first.output), std::tuple(100, 20, 30));
  EXPECT_DOUBLE_EQ(first.cost_usd, 0.001234567);
  EXPECT_EQ(first.error, "the language model is busy");
  EXPECT_EQ(first.trace_id, c.trace_id);
  EXPECT_EQ(first.user_id, c.user_id);
  EXPECT_EQ(first.company_id, c.company_id);
  EXPECT_EQ(found[1].trace_id, std::nullopt);
  EXPECT_EQ(found[1].error, std::nullopt);
  EXPECT_EQ(found[1].user_id, std::nullopt);
}

TEST_F(CallsTest, EachOrderIsKeptOverPages) {
  std::vector<CallRecord> calls;
  for (int n = 0; n < 40; ++n)
    calls.push_back(call(n));
  store(calls);
  for (auto order : {CallOrder::newest, CallOrder::slowest, CallOrder::costliest}) {
    auto query = all();
    query.order = order;
    query.limit = 7;
    auto found = read(query);
    ASSERT_EQ(found.size(), calls.size());
    std::set<ModelCallId> ids;
    for (std::size_t i = 0; i < found.size(); ++i) {
      ids.insert(found[i].id);
      if (i == 0)
        continue;
      const auto &a = found[i - 1], &b = found[i];
      EXPECT_TRUE(order == CallOrder::newest    ? a.at >= b.at
                  : order == CallOrder::slowest ? a.latency_ms >= b.latency_ms
                                                : a.cost_usd >= b.cost_usd);
    }
    EXPECT_EQ(ids.size(), calls.size());
  }
}

TEST_F(CallsTest, AreFilteredByEverythingTogether) {
  std::vector<CallRecord> calls;
  for (int n = 0; n < 48; ++n) {
    auto c = call(n);
    if (n % 5 == 0)
      c.error = "broken";
    if (n % 2 == 0)
      c.user_id = UserId::of("ada");
    if (n % 3 == 0)
      c.company_id = CompanyId::of("acme");
    calls.push_back(c);
  }
  store(calls);
  for (int mask = 0; mask < 128; ++mask) {
    auto query = all();
    std::set<Uuid> wanted;
    if (mask & 1)
      query.failed = (mask & 2) != 0;
    if (mask & 4)
      query.operation = "chat";
    if (mask & 8)
      query.model = "m-1";
    if (mask & 16)
      query.provider = "openai";
    if (mask & 32)
      query.company_id = CompanyId::of("acme");
    if (mask & 64)
      query.user_id = UserId::of("ada");
    for (const auto& c : calls)
      if ((!query.failed || *query.failed == c.error.has_value()) &&
          (!query.operation || *query.operation == c.operation) &&
          (!query.model || *query.model == c.model) &&
          (!query.provider || *query.provider == c.provider) &&
          (!query.company_id || query.company_id == c.company_id) &&
          (!query.user_id || query.user_id == c.user_id))
        wanted.insert(c.id);
    std::set<Uuid> found;
    for (const auto& c : read(query))
      found.insert(c.id.uuid);
    EXPECT_EQ(found, wanted) << mask;
  }
}

TEST_F(CallsTest, AreThoseOfTheSpanOfTime) {
  store({call(0), call(1), call(2)});
  auto query = all();
  query.from = start;
  query.to = start + 2min;
  EXPECT_EQ(read(query).size(), 2U);
  query.from = start + 1s;
  EXPECT_EQ(read(query).size(), 1U);
}

TEST_F(CallsTest, ACursorThatIsNoneIsRefused) {
  auto query = all();
  query.cursor = "next";
  EXPECT_EQ(error_of(run(list_model_calls(*db, query))), Errc::invalid);
}

}  // namespace
}  // namespace jobraker
