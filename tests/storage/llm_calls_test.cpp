#include "storage/llm_calls.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include <rapidcheck.h>

#include "messages/event_schemas.hpp"
#include "messages/make_event.hpp"
#include "storage/outbox.hpp"
#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;

const Time noon = *parse_rfc3339("2026-11-20T12:00:00Z");
const auto ada = UserId::of("ada");
const auto bob = UserId::of("bob");
const auto acme = CompanyId::of("acme");

CallRecord chat_call(Time at, std::optional<UserId> user = ada) {
  CallRecord c;
  c.id = new_uuid();
  c.at = at;
  c.operation = "chat";
  c.provider = "openai";
  c.model = "gpt-x";
  c.user_id = user;
  c.tokens_in = 100;
  c.tokens_cached = 20;
  c.tokens_out = 30;
  c.cost_nano = 1'234'567;
  c.latency_ms = 900;
  c.first_token_ms = 200;
  c.outcome = "ok";
  c.prompt_version = "chat-3";
  c.trace_id = "0af7651916cd43dd8448eb211c80319c";
  return c;
}

void add(UsageSums& sums, const CallRecord& call) {
  sums.calls += 1;
  sums.errors += call.error.has_value();
  sums.cache_hits += call.cache_hit;
  sums.tokens_in += call.tokens_in;
  sums.tokens_cached += call.tokens_cached;
  sums.tokens_out += call.tokens_out;
  sums.cost_nano += call.cost_nano;
  sums.latency_ms_sum += call.latency_ms;
  sums.first_token_ms_sum += call.first_token_ms.value_or(0);
  sums.first_tokens += call.first_token_ms.has_value();
}

struct CallsTest : test::PgTest {
  std::size_t append(std::vector<CallRecord> calls) {
    return must(run(append_calls(*db, std::move(calls))));
  }
  LlmMetrics metrics(MetricsQuery query) { return must(run(llm_metrics(*db, std::move(query)))); }
  /// What is in the outbox, by call.
  std::map<Uuid, Event> told() {
    std::map<Uuid, Event> events;
    for (auto row : sql("SELECT id, topic, type, key, at, data, traceparent FROM outbox")) {
      Event e;
      row.read(e.id, e.topic, e.type, e.key, e.time, e.data, e.traceparent);
      auto call = must(json::decode<LlmCall>(e.data));
      EXPECT_TRUE(events.emplace(call.call_id, e).second) << "told twice";
    }
    return events;
  }
  LlmMetrics of_the_day(std::vector<MetricsGroup> groups = {}) {
    return metrics({.from = noon - 12h, .to = noon + 12h, .group_by = std::move(groups)});
  }
};

TEST_F(CallsTest, ABatchSentTwiceCountsOnce) {
  std::vector<CallRecord> calls{chat_call(noon), chat_call(noon + 1s)};
  calls.push_back(calls[0]);
  EXPECT_EQ(append(calls), 2u);
  EXPECT_EQ(append(calls), 0u);
  calls.push_back(chat_call(noon + 2s));
  EXPECT_EQ(append(calls), 1u) << "a part of it is new";
  EXPECT_EQ(append({}), 0u);
  auto day = of_the_day();
  EXPECT_EQ(day.totals.calls, 3);
  EXPECT_EQ(day.totals.cost_nano, 3 * 1'234'567);
  EXPECT_EQ(sql("SELECT 1 FROM llm.usage_hourly").size(), 1u);
}

TEST_F(CallsTest, EachNewCallIsToldOnce) {
  std::vector<CallRecord> calls{chat_call(noon), chat_call(noon + 1s, std::nullopt)};
  calls[1].company_id = acme;
  calls[1].first_token_ms.reset();
  calls[1].trace_id = "no trace";
  calls.push_back(calls[0]);
  EXPECT_EQ(must(run(append_calls(*db, calls, true))), 2u);
  EXPECT_EQ(must(run(append_calls(*db, calls, true))), 0u);
  auto events = told();
  ASSERT_EQ(events.size(), 2u);
  const auto& first = events.at(calls[0].id);
  EXPECT_EQ(first.topic, Topic::llm_call);
  EXPECT_EQ(first.key, to_string(ada));
  EXPECT_EQ(first.time, noon);
  EXPECT_TRUE(validate_event(first).has_value());
  EXPECT_EQ(first.traceparent.substr(0, 36), "00-" + calls[0].trace_id + "-");
  auto call = must(json::decode<LlmCall>(first.data));
  EXPECT_EQ(call.tokens_cached, 20);
  EXPECT_EQ(call.cost_nano, 1'234'567);
  EXPECT_EQ(call.first_token_ms, 200);
  EXPECT_EQ(call.prompt_version, "chat-3");
  const auto& second = events.at(calls[1].id);
  EXPECT_EQ(second.key, to_string(acme));
  EXPECT_EQ(second.traceparent, "");
  EXPECT_TRUE(validate_event(second).has_value());
}

TEST_F(CallsTest, WithoutAListenerNothingIsTold) {
  EXPECT_EQ(append({chat_call(noon)}), 1u);
  EXPECT_TRUE(told().empty());
}

TEST_F(CallsTest, ACallThatCannotBeToldIsNotStored) {
  sql("DROP TABLE outbox");
  EXPECT_FALSE(run(append_calls(*db, {chat_call(noon)}, true)).has_value());
  EXPECT_EQ(sql("SELECT 1 FROM llm.calls").size(), 0u);
  EXPECT_EQ(sql("SELECT 1 FROM llm.usage_hourly").size(), 0u);
}

TEST_F(CallsTest, EverythingIsStoredAsItWas) {
  auto call = chat_call(noon);
  call.company_id = acme;
  call.error = "";
  call.outcome = "rate_limited";
  call.attempt = 2;
  call.estimated = true;
  auto bare = chat_call(noon + 1s, std::nullopt);
  bare.first_token_ms.reset();
  bare.cache_hit = true;
  append({call, bare});
  auto rows = sql("SELECT id, user_id, company_id, first_token_ms, error, outcome, attempt, "
                  "estimated, cache_hit, trace_id FROM llm.calls ORDER BY at");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].get<Uuid>(0), call.id);
  EXPECT_EQ(rows[0].get<std::optional<UserId>>(1), ada);
  EXPECT_EQ(rows[0].get<std::optional<CompanyId>>(2), acme);
  EXPECT_EQ(rows[0].get<std::optional<std::int64_t>>(3), 200);
  EXPECT_EQ(rows[0].get<std::optional<std::string>>(4), "") << "an error without words is one";
  EXPECT_EQ(rows[0].get<std::string>(5), "rate_limited");
  EXPECT_EQ(rows[0].get<int>(6), 2);
  EXPECT_TRUE(rows[0].get<bool>(7));
  EXPECT_EQ(rows[0].get<std::string>(9), call.trace_id);
  EXPECT_EQ(rows[1].get<std::optional<UserId>>(1), std::nullopt);
  EXPECT_EQ(rows[1].get<std::optional<std::int64_t>>(3), std::nullopt);
  EXPECT_EQ(rows[1].get<std::optional<std::string>>(4), std::nullopt);
  EXPECT_TRUE(rows[1].get<bool>(8));
  auto sums = of_the_day().totals;
  EXPECT_EQ(sums.errors, 1);
  EXPECT_EQ(sums.cache_hits, 1);
  EXPECT_EQ(sums.first_tokens, 1);
}

TEST_F(CallsTest, CostPerUserAndDay) {
  auto late = chat_call(noon + 13h);
  auto nobody = chat_call(noon, std::nullopt);
  append({chat_call(noon), chat_call(noon + 1h), late, chat_call(noon, bob), nobody});
  auto found = metrics(
    {.from = noon - 48h, .to = noon + 48h, .group_by = {MetricsGroup::day, MetricsGroup::user}});
  ASSERT_EQ(found.rows.size(), 4u);
  EXPECT_EQ(found.rows[0].at, *parse_rfc3339("2026-11-20"));
  EXPECT_EQ(found.rows[0].user, ada) << "the dearest first";
  EXPECT_EQ(found.rows[0].sums.calls, 2);
  EXPECT_EQ(found.rows[0].operation, std::nullopt) << "not grouped by";
  EXPECT_EQ(found.rows[3].at, *parse_rfc3339("2026-11-21"));
  EXPECT_EQ(found.rows[3].sums.cost_nano, late.cost_nano);
  EXPECT_EQ(found.totals.calls, 5);
  auto only_bob = metrics({.user = bob, .from = noon - 48h, .to = noon + 48h});
  ASSERT_EQ(only_bob.rows.size(), 1u);
  EXPECT_EQ(only_bob.totals.calls, 1);
  EXPECT_TRUE(metrics({.model = "other", .from = noon - 48h, .to = noon + 48h}).rows.empty());
}

TEST_F(CallsTest, QuestionsThatMakeNoSenseAreRefused) {
  EXPECT_EQ(error_of(run(llm_metrics(*db, {.from = noon, .to = noon}))), Errc::invalid);
  EXPECT_EQ(
    error_of(run(llm_metrics(
      *db, {.from = noon, .to = noon + 1h, .group_by = {MetricsGroup::day, MetricsGroup::hour}}))),
    Errc::invalid);
}

TEST_F(CallsTest, TheLogCanBeForgottenAndTheRollUpsStay) {
  append({chat_call(noon), chat_call(noon + 2h)});
  EXPECT_EQ(must(run(forget_calls(*db, noon + 1h, 10))), 1u);
  EXPECT_EQ(of_the_day().totals.calls, 2);
}

TEST_F(CallsTest, WritersAtOnceWithTheSameCallsLoseAndDoubleNothing) {
  Database second{loop.io, settings};
  std::vector<CallRecord> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(chat_call(noon + i * 1min, i % 2 ? ada : bob));
  std::minstd_rand dice{7};
  std::vector<std::shared_ptr<std::optional<Result<std::size_t>>>> writers;
  for (int i = 0; i < 40; ++i) {
    std::vector<CallRecord> batch;
    std::sample(all.begin(), all.end(), std::back_inserter(batch), 50, dice);
    std::shuffle(batch.begin(), batch.end(), dice);
    writers.push_back(loop.spawn(append_calls(i % 2 ? second : *db, std::move(batch))));
  }
  writers.push_back(loop.spawn(append_calls(*db, all)));
  loop.run_until([&] {
    return std::all_of(writers.begin(), writers.end(), [](auto& w) { return w->has_value(); });
  });
  std::size_t fresh = 0;
  for (auto& writer : writers)
    fresh += must(**writer);
  EXPECT_EQ(fresh, 200u);
  UsageSums expected;
  for (const auto& call : all)
    add(expected, call);
  EXPECT_EQ(of_the_day().totals, expected);
}

/// A call by chance, within three hours.
CallRecord some_call() {
  auto call = chat_call(noon + std::chrono::seconds{*rc::gen::inRange(0, 3 * 3600)});
  call.operation = *rc::gen::element<std::string>("chat", "embed");
  call.model = *rc::gen::element<std::string>("big", "small");
  call.user_id = *rc::gen::element<std::optional<UserId>>(ada, bob, std::nullopt);
  call.company_id = *rc::gen::element<std::optional<CompanyId>>(acme, std::nullopt);
  call.cost_nano = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
  call.latency_ms = *rc::gen::inRange<std::int64_t>(0, 5000);
  call.cache_hit = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>())
    call.first_token_ms.reset();
  if (*rc::gen::arbitrary<bool>())
    call.error = "upstream said no";
  return call;
}

using GroupKey =
  std::tuple<std::optional<CompanyId>, std::optional<UserId>, std::optional<std::string>,
             std::optional<std::string>, std::optional<Time>>;

/// The group a call belongs to.
GroupKey group_of(const CallRecord& call, const std::vector<MetricsGroup>& groups) {
  GroupKey key;
  for (auto group : groups) {
    switch (group) {
    case MetricsGroup::company:
      std::get<0>(key) = call.company_id;
      break;
    case MetricsGroup::user:
      std::get<1>(key) = call.user_id;
      break;
    case MetricsGroup::operation:
      std::get<2>(key) = call.operation;
      break;
    case MetricsGroup::model:
      std::get<3>(key) = call.model;
      break;
    case MetricsGroup::day:
      std::get<4>(key) = std::chrono::floor<std::chrono::days>(call.at);
      break;
    case MetricsGroup::hour:
      std::get<4>(key) = std::chrono::floor<std::chrono::hours>(call.at);
      break;
    }
  }
  return key;
}

TEST_F(CallsTest, MetricsAreTheSumsOfTheirCallsWhateverIsAsked) {
  ASSERT_TRUE(rc::check([&] {
    sql("TRUNCATE llm.calls, llm.usage_hourly");
    auto calls = *rc::gen::container<std::vector<CallRecord>>(rc::gen::exec(some_call));
    append(calls);
    MetricsQuery query;
    query.from = noon + std::chrono::seconds{*rc::gen::inRange(-3600, 3 * 3600)};
    query.to = query.from + std::chrono::seconds{*rc::gen::inRange(1, 3 * 3600)};
    for (auto group :
         {MetricsGroup::company, MetricsGroup::user, MetricsGroup::operation, MetricsGroup::model})
      if (*rc::gen::arbitrary<bool>())
        query.group_by.push_back(group);
    if (*rc::gen::arbitrary<bool>())
      query.group_by.push_back(*rc::gen::element(MetricsGroup::day, MetricsGroup::hour));
    if (*rc::gen::arbitrary<bool>())
      query.operation = "chat";
    if (*rc::gen::arbitrary<bool>())
      query.company = acme;
    std::map<GroupKey, UsageSums> expected;
    UsageSums totals;
    for (const auto& call : calls) {
      if (call.at < query.from || call.at >= query.to ||
          (query.operation && call.operation != query.operation) ||
          (query.company && call.company_id != query.company))
        continue;
      add(expected[group_of(call, query.group_by)], call);
      add(totals, call);
    }
    auto found = metrics(query);
    RC_ASSERT(found.totals == totals);
    RC_ASSERT(found.rows.size() == expected.size());
    for (const auto& row : found.rows)
      RC_ASSERT(row.sums ==
                expected[GroupKey(row.company, row.user, row.operation, row.model, row.at)]);
  }));
}

}  // namespace
}  // namespace jobraker
