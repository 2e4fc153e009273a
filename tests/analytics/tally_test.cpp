#include "tools/analytics/tally.hpp"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include "tests/analytics/events_at_random.hpp"

namespace jobraker::analytics {
namespace {

const Time noon = *parse_rfc3339("2026-11-20T12:00:00Z");

struct TallyTest : testing::Test {
  const Trades trades = *Trades::built_in();
  Tally tally;
  template <class E>
  void tell(const E& happened, Time at) {
    ASSERT_TRUE(add(tally, make_event(happened, at), trades).has_value());
  }
};

TEST_F(TallyTest, APostingIsOneHoweverOftenItChanges) {
  JobPosted posted;
  posted.job_id = JobId::of("a");
  posted.version = 2;
  posted.title = "Nurse";
  posted.country = "DE";
  tell(posted, noon);
  posted.version = 1;
  posted.title = "Developer";
  tell(posted, noon - std::chrono::hours{24});
  ASSERT_EQ(tally.postings.size(), 1u);
  const auto& fact = tally.postings.at(posted.job_id);
  EXPECT_EQ(fact.trade, "care") << "the late first version has passed away";
  EXPECT_EQ(fact.first_at, noon - std::chrono::hours{24});
  EXPECT_EQ(fact.version, 2);
}

TEST_F(TallyTest, AnApplicationStandsWhereItsLastEntrySays) {
  ApplicationStatusChanged changed;
  changed.application_id = ApplicationId::of("a");
  for (auto [seq, status] : {std::pair{2, "submitted"}, {4, "offered"}, {3, "interviewing"}}) {
    changed.seq = seq;
    changed.status = status;
    tell(changed, noon + std::chrono::minutes{seq});
  }
  const auto& fact = tally.applications.at(changed.application_id);
  EXPECT_EQ(fact.outcome, "offered");
  EXPECT_EQ(fact.changed_at, noon + std::chrono::minutes{4});
  EXPECT_EQ(fact.first_at, noon + std::chrono::minutes{2});
}

TEST_F(TallyTest, DaysAreThoseOfUtc) {
  const auto midnight = *parse_rfc3339("2026-11-21T00:00:00Z");
  MatchFound match{UserId::of("u"), JobId::of("j"), 90, 1, "batch"};
  tell(match, midnight - std::chrono::microseconds{1});
  tell(match, midnight);
  EXPECT_EQ(tally.matches.size(), 2u);
  EXPECT_EQ((tally.matches[{"2026-11-20", "batch"}]), 1);
}

TEST_F(TallyTest, MembersAndTypesOfLaterVersionsDoNotMatter) {
  auto event = make_event(DigestSent{new_uuid(), UserId::of("u"), 3}, noon);
  event.data.insert(1, R"("added later":{"x":1},)");
  ASSERT_TRUE(add(tally, event, trades).has_value());
  EXPECT_EQ(tally.digests["2026-11-20"], (DigestSums{1, 3}));
  event.type = "jobraker.digest.sent.v2";
  ASSERT_TRUE(add(tally, event, trades).has_value());
  EXPECT_EQ(tally.digests["2026-11-20"], (DigestSums{1, 3}));
  EXPECT_EQ(tally.ignored, 1);
}

TEST_F(TallyTest, WhatCannotBeReadAddsNothing) {
  auto event = make_event(DigestSent{new_uuid(), UserId::of("u"), 3}, noon);
  event.data = R"({"jobs":"three"})";
  EXPECT_EQ(add(tally, event, trades).error().code, Errc::invalid);
  event.data = "{";
  EXPECT_EQ(add(tally, event, trades).error().code, Errc::malformed);
  EXPECT_EQ(tally, Tally{});
}

TEST(Tally, TheOrderOfEventsDoesNotMatter) {
  const auto trades = *Trades::built_in();
  EXPECT_TRUE(rc::check([&] {
    Random random{*rc::gen::arbitrary<std::uint64_t>()};
    auto events = some_events(random, *rc::gen::inRange<std::size_t>(1, 120));
    Tally one, other;
    for (const auto& event : events)
      RC_ASSERT(add(one, event, trades).has_value());
    std::shuffle(events.begin(), events.end(), random);
    for (const auto& event : events)
      RC_ASSERT(add(other, event, trades).has_value());
    RC_ASSERT(one == other);
  }));
}

}  // namespace
}  // namespace jobraker::analytics
