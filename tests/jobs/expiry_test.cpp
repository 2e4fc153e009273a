#include "actors/jobs/core/expiry.hpp"

#include <gtest/gtest.h>

namespace jobraker {
namespace {

using namespace std::chrono;

const Time today = *parse_rfc3339("2026-11-20T12:00:00Z");

Job active(SourceKind source = SourceKind::feed) {
  Job job;
  job.source = source;
  job.posted_at = today - days{10};
  return job;
}

TEST(ExpiryOf, TellsTheTrueReason) {
  ExpirySettings settings{.age_days_max = 60};
  auto job = active();
  EXPECT_EQ(expiry_of(job, today, settings), std::nullopt);
  job.expires_at = today - seconds{1};
  EXPECT_EQ(expiry_of(job, today, settings), ExpiryReason::deadline_passed);
  job.expires_at = today + seconds{1};
  EXPECT_EQ(expiry_of(job, today, settings), std::nullopt);
  job.posted_at = today - days{400};  // it names a deadline, so age does not count
  EXPECT_EQ(expiry_of(job, today, settings), std::nullopt);
  job.expires_at.reset();
  EXPECT_EQ(expiry_of(job, today, settings), ExpiryReason::too_old);
  job.status = JobStatus::merged;
  EXPECT_EQ(expiry_of(job, today, settings), std::nullopt);
}

TEST(ExpiryOf, ADateLastsUntilItIsOverEverywhere) {
  auto job = active();
  job.expires_at = *parse_rfc3339("2026-11-20");
  EXPECT_EQ(expiry_of(job, *parse_rfc3339("2026-11-20T23:59:00Z"), {}), std::nullopt);
  EXPECT_EQ(expiry_of(job, *parse_rfc3339("2026-11-21T11:59:00Z"), {}), std::nullopt);
  EXPECT_EQ(expiry_of(job, *parse_rfc3339("2026-11-21T12:00:00Z"), {}),
            ExpiryReason::deadline_passed);
}

TEST(ExpiryOf, APostingStillOnItsBoardIsNotTooOld) {
  auto job = active(SourceKind::greenhouse);
  job.posted_at = today - days{700};
  EXPECT_EQ(expiry_of(job, today, {}, today - days{1}), std::nullopt);
  EXPECT_EQ(expiry_of(job, today, {}, today - days{100}), ExpiryReason::too_old);
  EXPECT_EQ(expiry_of(job, today, {}), ExpiryReason::too_old);
}

TEST(GoneFrom, BelievesOnlyACompleteListing) {
  Listing listing;
  RawPosting here;
  here.source_id = "acme:1";
  listing.postings.push_back(here);
  std::vector<KnownPosting> known{
    {JobId::of("1"), "acme:1"}, {JobId::of("2"), "acme:2"}, {JobId::of("3"), "acme:3"}};
  EXPECT_TRUE(gone_from(listing, known).empty());
  listing.complete = true;
  EXPECT_EQ(gone_from(listing, known), (std::vector{JobId::of("2"), JobId::of("3")}));
  listing.problems.push_back({"s", "acme:3", "unreadable, but there"});
  EXPECT_EQ(gone_from(listing, known), std::vector{JobId::of("2")});
  listing.problems.push_back({"s", "#4", "could be any"});
  EXPECT_TRUE(gone_from(listing, known).empty());
}

}  // namespace
}  // namespace jobraker
