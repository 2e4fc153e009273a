#include "actors/jobs/core/normalise.hpp"

#include <gtest/gtest.h>

namespace jobraker {
namespace {

const Time today = *parse_rfc3339("2026-11-20T12:00:00Z");

RawPosting raw() {
  RawPosting p;
  p.source = SourceKind::feed;
  p.source_id = "x:1";
  p.board = "x";
  p.url = "https://x.example/1";
  p.title = "SENIOR SOFTWARE ENGINEER (m/w/d)";
  p.company = "Acme GmbH";
  p.location = "Berlin, Germany (Hybrid)";
  p.description =
    "<p>We build things.</p><h3>Requirements</h3><ul><li>5+ years of experience with C++</li>"
    "<li>PostgreSQL</li></ul><h3>Benefits</h3><p>Fruit. Salary: €70,000 - €90,000 a year</p>";
  p.description_is_html = true;
  p.contract_hints = {"Full-Time"};
  p.posted_at = today - std::chrono::days{3};
  return p;
}

TEST(Normalise, UnderstandsAPostingAsAWhole) {
  auto posting = normalise(raw(), today);
  ASSERT_TRUE(posting) << posting.error().detail;
  const auto& job = posting->job;
  EXPECT_EQ(job.title, "Senior Software Engineer");
  EXPECT_EQ(job.city, "Berlin");
  EXPECT_EQ(job.country, "DE");
  EXPECT_EQ(job.workplace, Workplace::hybrid);
  EXPECT_EQ(job.salary_min, 70000);
  EXPECT_EQ(job.salary_max, 90000);
  EXPECT_EQ(job.salary_currency, "EUR");
  EXPECT_EQ(job.job_type, JobType::full_time);
  EXPECT_EQ(job.seniority, Seniority::senior);
  EXPECT_EQ(job.years_required, 5);
  EXPECT_EQ(job.requirements, "- 5+ years of experience with C++\n- PostgreSQL");
  EXPECT_EQ(job.skills, (Strings{"C++", "PostgreSQL"}));
  EXPECT_EQ(job.posted_at, raw().posted_at);
  EXPECT_EQ(posting->board, "x");
  EXPECT_TRUE(posting->notes.empty());
}

TEST(Normalise, RefusesWhatHasNoTitleOrText) {
  auto no_title = raw(), no_text = raw(), no_id = raw();
  no_title.title = " <b> </b> ";
  no_text.description = "<script>x</script>";
  no_id.source_id = " ";
  EXPECT_EQ(normalise(no_title, today).error().detail, "the posting has no title");
  EXPECT_EQ(normalise(no_text, today).error().detail, "the posting has no description");
  EXPECT_EQ(normalise(no_id, today).error().code, Errc::invalid);
}

TEST(Normalise, CapsFutureDatesAndDropsAbsurdOnes) {
  auto p = raw();
  p.posted_at = today + std::chrono::days{30};
  EXPECT_EQ(normalise(p, today)->job.posted_at, today);
  p.posted_at = Time{};
  p.expires_at = today + std::chrono::days{36500};
  auto posting = normalise(p, today);
  EXPECT_EQ(posting->job.posted_at, std::nullopt);
  EXPECT_EQ(posting->job.expires_at, std::nullopt);
  EXPECT_EQ(posting->notes.size(), 2u);
}

TEST(Normalise, SendsNobodyToAScript) {
  auto p = raw();
  p.url = "javascript:alert(1)";
  EXPECT_EQ(normalise(p, today)->job.source_url, "");
  p.url = "https://x.example/a\"><script>";
  EXPECT_EQ(normalise(p, today)->job.source_url, "https://x.example/ascript");
}

TEST(Normalise, MarksPredictedSalaries) {
  auto p = raw();
  p.salary = {
    .min = 50000, .max = 50000, .currency = "GBP", .period = PayPeriod::year, .predicted = true};
  EXPECT_TRUE(normalise(p, today)->job.salary_predicted);
  p.salary.min = p.salary.max = 3;
  auto posting = normalise(p, today);
  EXPECT_FALSE(posting->job.salary_predicted);
  EXPECT_EQ(posting->job.salary_currency, "");
  EXPECT_EQ(posting->notes.size(), 1u);
}

TEST(Normalise, FingerprintIgnoresTheSourceAndHashSeesTheContent) {
  auto a = *normalise(raw(), today);
  auto other = raw();
  other.source = SourceKind::adzuna;
  other.source_id = "de:7";
  other.title = "Sr Software Engineer";
  other.company = "ACME";
  auto b = *normalise(other, today);
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  EXPECT_EQ(a.content_hash, normalise(raw(), today + std::chrono::days{1})->content_hash);
  auto changed = raw();
  changed.description += "<p>New</p>";
  EXPECT_NE(a.content_hash, normalise(changed, today)->content_hash);
  changed.location = "Hamburg";
  EXPECT_NE(a.fingerprint, normalise(changed, today)->fingerprint);
}

TEST(NormaliseAll, ReportsEachPostingThatCouldNotBe) {
  Listing listing;
  listing.postings = {raw(), raw(), raw()};
  listing.postings[1].source_id = "x:2";
  listing.postings[1].title = "";
  listing.problems.push_back({"feed", "#9", "was broken"});
  auto all = normalise_all(listing, "feed", today);
  EXPECT_EQ(all.postings.size(), 1u);  // the third repeats the first
  ASSERT_EQ(all.problems.size(), 2u);
  EXPECT_EQ(all.problems[1].item, "x:2");
  EXPECT_EQ(all.problems[1].source, "feed");
}

}  // namespace
}  // namespace jobraker
