#include <rapidcheck.h>

#include "storage/accounts.hpp"
#include "storage/quota.hpp"
#include "storage/searches.hpp"
#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;

const Time start = *parse_rfc3339("2026-11-20T12:00:00Z");

struct QuotaTest : test::PgTest {
  Done take(Time at, std::vector<QuotaWindow> windows = {{60s, 2}, {3600s, 3}}) {
    return run(take_quota(*db, "adzuna", std::move(windows), at));
  }
};

TEST_F(QuotaTest, AllWindowsOrNone) {
  must(take(start));
  must(take(start + 1s));
  auto refused = take(start + 2s);
  EXPECT_EQ(error_of(refused), Errc::rate_limited);
  EXPECT_EQ(refused.error().retry_after, 58'001ms)
    << "just after the first call has left the minute";
  EXPECT_EQ(must(run(quota_used(*db, "adzuna", {{60s, 2}, {3600s, 3}}, start + 2s))),
            (std::vector<std::int64_t>{2, 2}));
  must(take(start + 2s + *refused.error().retry_after));
  auto hour = take(start + 10min);
  EXPECT_EQ(error_of(hour), Errc::rate_limited);
  EXPECT_EQ(hour.error().retry_after, 50min + 1ms);
}

TEST_F(QuotaTest, SourcesDoNotShareAndAWindowOfNoneNeverHasRoom) {
  must(take(start, {{60s, 1}}));
  EXPECT_EQ(error_of(take(start, {{60s, 1}})), Errc::rate_limited);
  must(run(take_quota(*db, "other", {{60s, 1}}, start)));
  EXPECT_EQ(error_of(run(take_quota(*db, "third", {{60s, 0}}, start))), Errc::rate_limited);
}

TEST_F(QuotaTest, AClockThatLagsAllowsNoMore) {
  must(take(start + 30s));
  must(take(start - 2h));
  EXPECT_EQ(error_of(take(start - 1h)), Errc::rate_limited);
}

TEST_F(QuotaTest, ManyAtOnceGetNoMoreThanThereIs) {
  std::vector<std::shared_ptr<std::optional<Done>>> takers;
  for (int i = 0; i < 40; ++i)
    takers.push_back(loop.spawn(take_quota(*db, "adzuna", {{60s, 7}}, start)));
  loop.run_until([&] {
    return std::all_of(takers.begin(), takers.end(), [](auto& t) { return t->has_value(); });
  });
  EXPECT_EQ(std::count_if(takers.begin(), takers.end(), [](auto& t) { return (*t)->has_value(); }),
            7);
}

TEST_F(QuotaTest, NoIntervalOfAWindowsLengthEverHoldsMoreThanItsLimit) {
  int round = 0;
  ASSERT_TRUE(rc::check([&](const std::vector<std::uint8_t>& gaps) {
    std::vector<QuotaWindow> windows{{60s, 3}, {300s, 7}};
    auto source = "s" + std::to_string(++round);
    std::vector<Time> taken;
    Time time = start;
    for (auto gap : gaps) {
      time += std::chrono::seconds{gap % 40};
      auto outcome = run(take_quota(*db, source, windows, time));
      if (!outcome) {
        RC_ASSERT(outcome.error().code == Errc::rate_limited);
        RC_ASSERT(*outcome.error().retry_after > 0ms);
        continue;
      }
      taken.push_back(time);
    }
    for (const auto& window : windows)
      for (auto begin : taken)
        RC_ASSERT(std::count_if(taken.begin(), taken.end(), [&](Time t) {
                    return t >= begin && t <= begin + window.length;
                  }) <= window.limit);
  }));
}

struct SearchesTest : test::PgTest {
  UserId person(const std::string& email) {
    return must(run(create_account(*db, email, "hash", Role::seeker))).id;
  }
};

TEST_F(SearchesTest, AreSavedListedRunAndDeleted) {
  auto ada = person("a@example.com");
  auto bob = person("b@example.com");
  SavedSearch search{
    .owner = ada, .kind = SearchKind::feed, .name = "News", .url = "http://x/feed"};
  auto feed = must(run(create_search(*db, search)));
  EXPECT_TRUE(feed.id);
  EXPECT_EQ(error_of(run(create_search(*db, search))), Errc::conflict);
  search.owner = bob;
  search.active = false;
  auto idle = must(run(create_search(*db, search)));
  auto board = must(run(create_search(
    *db, SavedSearch{.owner = bob, .kind = SearchKind::lever, .name = "Acme", .board = "acme"})));

  must(run(record_outcome(*db, feed.id, start, "42 postings, 3 new")));
  auto found = must(run(find_search(*db, feed.id)));
  EXPECT_EQ(found.last_run_at, start);
  EXPECT_EQ(found.last_outcome, "42 postings, 3 new");
  EXPECT_EQ(found.url, "http://x/feed");

  auto active = must(run(active_searches(*db)));
  ASSERT_EQ(active.size(), 2u);
  EXPECT_EQ(active[0].id, board.id) << "never run yet, so it comes first";
  EXPECT_EQ(must(run(list_searches(*db, bob))).size(), 2u);

  EXPECT_EQ(error_of(run(delete_search(*db, feed.id, bob))), Errc::not_found) << "not his";
  must(run(delete_search(*db, feed.id, ada)));
  must(run(delete_search(*db, idle.id, std::nullopt)));
  EXPECT_EQ(error_of(run(find_search(*db, feed.id))), Errc::not_found);
}

}  // namespace
}  // namespace jobraker
