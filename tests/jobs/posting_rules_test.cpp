#include <gtest/gtest.h>

#include "actors/jobs/core/employer_post.hpp"
#include "actors/jobs/core/normalise.hpp"
#include "actors/jobs/core/quota.hpp"
#include "messages/codec.hpp"

namespace jobraker {
namespace {

const Time today = *parse_rfc3339("2026-11-20T12:00:00Z");

PostJob good() {
  auto post = json::decode<PostJob>(R"json({"title":"Baker (m/f/d)","company":"Brot GmbH",
    "description":"We bake bread every night. Requirements: you can bake.","location":"Vienna, Austria","salary_min":2500,
    "salary_max":3000,"salary_currency":"EUR","salary_period":"month","job_type":"part_time","workplace":"on_site",
    "url":"https://brot.example/1","expires_at":"2026-12-24"})json");
  EXPECT_TRUE(post) << (post ? "" : post.error().detail);
  return post ? *post : PostJob{};
}

TEST(PostJob, BecomesAPostingLikeAnyOther) {
  auto user = UserId::of("baker");
  auto post = good();
  ASSERT_TRUE(check(post, today));
  auto posting = normalise(raw_of(post, user), today);
  ASSERT_TRUE(posting) << posting.error().detail;
  const auto& job = posting->job;
  EXPECT_EQ(job.title, "Baker");
  EXPECT_EQ(job.country, "AT");
  EXPECT_EQ(job.city, "Vienna");
  EXPECT_EQ(job.salary_min, 30000);
  EXPECT_EQ(job.salary_currency, "EUR");
  EXPECT_EQ(job.job_type, JobType::part_time);
  EXPECT_EQ(job.workplace, Workplace::on_site);
  EXPECT_EQ(job.posted_by, user);
  EXPECT_EQ(job.source, SourceKind::employer);
  EXPECT_EQ(raw_of(post, user).source_id, raw_of(post, user).source_id);
  EXPECT_NE(raw_of(post, user).source_id, raw_of(post, UserId::of("other")).source_id);
}

TEST(PostJob, NamesEveryRuleBroken) {
  auto post = good();
  post.title = " <b></b> ";
  post.salary_max = 1;
  post.salary_currency = "eur";
  post.country = "XX";
  post.url = "javascript:alert(1)";
  post.expires_at = today - std::chrono::hours{1};
  auto done = check(post, today);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::invalid);
  EXPECT_EQ(done.error().fields.size(), 6u);
  EXPECT_FALSE(json::decode<PostJob>(R"({"title":"x"})"));
  EXPECT_FALSE(json::decode<PostJob>(
    R"({"title":"Baker","company":"B","description":"long enough to be a text","job_type":"slave"})"));
}

TEST(CreateSearch, NeedsWhatItsKindNeeds) {
  EXPECT_TRUE(check(CreateSearch{.kind = SearchKind::adzuna, .query = "c++", .country = "de"}));
  EXPECT_TRUE(check(CreateSearch{.kind = SearchKind::feed, .url = "https://x.example/feed"}));
  EXPECT_TRUE(check(CreateSearch{.kind = SearchKind::greenhouse, .board = "acme"}));
  EXPECT_TRUE(check(CreateSearch{.kind = SearchKind::lever, .board = "acme"}));
  EXPECT_EQ(check(CreateSearch{.kind = SearchKind::adzuna}).error().fields.size(), 2u);
  EXPECT_FALSE(check(CreateSearch{.kind = SearchKind::feed, .url = "file:///etc/passwd"}));
  EXPECT_FALSE(check(CreateSearch{.kind = SearchKind::feed, .url = "https:///x"}));
  EXPECT_FALSE(check(CreateSearch{.kind = SearchKind::greenhouse, .board = "a/b"}));
  EXPECT_FALSE(check(CreateSearch{.kind = SearchKind::lever}));
}

TEST(AdzunaQuota, GrowsFromWindowToWindowAndKeepsTheTerms) {
  constexpr auto quota = adzuna_quota();
  EXPECT_EQ(quota[0].calls, 25);
  EXPECT_EQ(quota[3].calls, 2500);
  EXPECT_EQ(quota[3].length, std::chrono::hours{720});
  for (std::size_t i = 1; i < quota.size(); ++i)
    EXPECT_GT(quota[i].length, quota[i - 1].length);
}

}  // namespace
}  // namespace jobraker
