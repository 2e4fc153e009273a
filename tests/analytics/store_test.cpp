#include "tools/analytics/store.hpp"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include "tests/analytics/events_at_random.hpp"
#include "tests/support/pg.hpp"

namespace jobraker::analytics {
namespace {

using test::must;
using testing::HasSubstr;
using testing::SizeIs;

struct AnalyticsStore : test::PgTest {
  void SetUp() override {
    PgTest::SetUp();
    if (db)
      ASSERT_TRUE(prepare_schema(settings).has_value());
  }
  Counted count(std::vector<Event> events) {
    return must(run(count_events(*db, std::move(events), trades)));
  }
  Sums stored() {
    Sums sums;
    for (auto row : sql(sums_sql))
      EXPECT_TRUE(sums.emplace(row.get<std::string>(0), row.get<std::int64_t>(1)).second);
    return sums;
  }
  const Trades trades = *Trades::built_in();
  Random random{20261120};
};

TEST_F(AnalyticsStore, TheSchemaIsMadeOnceBesideTheServers) {
  ASSERT_TRUE(prepare_schema(settings).has_value());
  EXPECT_EQ(sql("SELECT 1 FROM analytics.schema_migrations").size(), 1u);
  EXPECT_GT(sql("SELECT 1 FROM public.schema_migrations").size(), 1u);
  auto wrong = settings;
  wrong.url = "no url";
  EXPECT_FALSE(prepare_schema(wrong).has_value());
}

TEST_F(AnalyticsStore, ManyEventsInAnyOrderWithRepetitionsAddUpToWhatTheyAre) {
  auto events = some_events(random, 1500);
  const auto expected = sums_of(events, trades);
  auto told = with_repetitions(random, events, 500);
  Counted total;
  while (!told.empty()) {
    auto size = std::min(told.size(), 1 + roll(random, 200));
    auto part = count({told.end() - static_cast<std::ptrdiff_t>(size), told.end()});
    told.resize(told.size() - size);
    total.counted += part.counted;
    total.repeated += part.repeated;
    total.ignored += part.ignored;
    EXPECT_THAT(part.unreadable, SizeIs(0));
  }
  EXPECT_EQ(stored(), expected);
  EXPECT_EQ(total.repeated, 500);
  EXPECT_EQ(total.counted + total.ignored, 1500);
  EXPECT_GT(total.ignored, 0);
}

TEST_F(AnalyticsStore, SeveralAtTheSameTimeCountNothingTwice) {
  auto events = some_events(random, 600);
  storage::Database second{loop.io, settings};
  std::vector<std::shared_ptr<std::optional<Result<Counted>>>> outcomes;
  for (int reader = 0; reader < 6; ++reader) {
    auto told = with_repetitions(random, events, 50);
    for (std::size_t from = 0; from < told.size(); from += 65)
      outcomes.push_back(loop.spawn(
        count_events(reader % 2 == 0 ? *db : second,
                     {told.begin() + static_cast<std::ptrdiff_t>(from),
                      told.begin() + static_cast<std::ptrdiff_t>(std::min(from + 65, told.size()))},
                     trades)));
  }
  for (const auto& outcome : outcomes) {
    loop.run_until([&] { return outcome->has_value(); });
    ASSERT_TRUE((*outcome)->has_value()) << (*outcome)->error().detail;
  }
  EXPECT_EQ(stored(), sums_of(events, trades));
}

TEST_F(AnalyticsStore, WhatCannotBeReadIsSaidAndLeftOut) {
  auto good = make_event(DigestSent{new_uuid(), UserId::of("u"), 3}, some_time(random));
  auto bad = good;
  bad.id = new_uuid();
  bad.data = R"({"jobs":-1.5})";
  auto counted = count({bad, good});
  EXPECT_EQ(counted.counted, 1);
  ASSERT_THAT(counted.unreadable, SizeIs(1));
  EXPECT_THAT(counted.unreadable[0], HasSubstr(to_string(bad.id)));
  EXPECT_EQ(stored(), sums_of({good}, trades));
}

TEST_F(AnalyticsStore, AnEffectThatFailsLeavesItsEventsUncounted) {
  auto events = some_events(random, 50);
  sql("ALTER TABLE analytics.chat_turns_daily RENAME TO away");
  EXPECT_FALSE(run(count_events(*db, events, trades)).has_value());
  EXPECT_EQ(sql("SELECT 1 FROM analytics.events_counted").size(), 0u);
  EXPECT_EQ(sql("SELECT 1 FROM analytics.matches_daily").size(), 0u);
  sql("ALTER TABLE analytics.away RENAME TO chat_turns_daily");
  count(events);
  EXPECT_EQ(stored(), sums_of(events, trades));
}

TEST_F(AnalyticsStore, WithTheSumsTheGroupIsForgotten) {
  auto group = must(run(consumer_group(*db, "mine-")));
  EXPECT_THAT(group, HasSubstr("mine-analytics-"));
  EXPECT_EQ(must(run(consumer_group(*db, "other-"))), group) << "it belongs to the schema";
  auto events = some_events(random, 100);
  count(events);
  must(run(forget_everything(*db)));
  EXPECT_TRUE(stored().empty());
  EXPECT_NE(must(run(consumer_group(*db, "mine-"))), group);
  count(events);
  EXPECT_EQ(stored(), sums_of(events, trades));
}

TEST_F(AnalyticsStore, OnlyOldEventsAreForgotten) {
  auto events = some_events(random, 10);
  count(events);
  sql("UPDATE analytics.events_counted SET counted_at = now() - interval '40 days' "
      "WHERE event IN (SELECT event FROM analytics.events_counted LIMIT 4)");
  EXPECT_EQ(must(run(forget_events(*db, 45))), 0u);
  EXPECT_EQ(must(run(forget_events(*db, 30))), 4u);
  EXPECT_EQ(count(events).repeated, 6);
}

TEST_F(AnalyticsStore, ViewsSayWhatTheReadmeAsks) {
  LlmCall call;
  call.operation = "chat";
  call.model = "m";
  call.cost_nano = 1'500'000'000;
  count({make_event(call, *parse_rfc3339("2026-11-20T12:00:00Z")),
         make_event(call, *parse_rfc3339("2026-11-20T13:00:00Z"))});
  auto rows =
    sql("SELECT day::text, operation, calls, cost_usd::float8 FROM analytics.model_cost_daily");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].get<std::string>(0), "2026-11-20");
  EXPECT_EQ(rows[0].get<std::int64_t>(2), 2);
  EXPECT_DOUBLE_EQ(rows[0].get<double>(3), 3.0);
}

}  // namespace
}  // namespace jobraker::analytics
