#include "messages/codec.hpp"
#include "storage/job_merges.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using std::chrono::days;
using test::error_of;
using test::must;
using test::sample_job;
using test::start;

struct JobsTest : test::SampleTest {};

TEST_F(JobsTest, ComeBackAsTheyWereStored) {
  auto employer = person();
  Job job = sample_job("gb:1", SourceKind::employer);
  job.id = JobId::fresh();
  job.source_url = "https://x/1";
  job.attribution = "by X";
  job.city = "Berlin";
  job.region = "BE";
  job.workplace = Workplace::hybrid;
  job.salary_min = 50000;
  job.salary_max = 60000;
  job.salary_currency = "EUR";
  job.salary_predicted = true;
  job.job_type = JobType::contract;
  job.seniority = Seniority::lead;
  job.years_required = 2.5;
  job.skills = {"C++", "SQL"};
  job.requirements = "C++";
  job.expires_at = start + days{9};
  job.posted_by = employer;
  auto stored = upsert(job);
  EXPECT_EQ(stored.id, job.id);
  EXPECT_EQ(stored.outcome, UpsertOutcome::inserted);
  job.version = 1;
  job.created_at = job.updated_at = start;
  EXPECT_EQ(json::encode(find(job.id)), json::encode(job));
  EXPECT_EQ(error_of(run(find_job(*db, JobId::fresh()))), Errc::not_found);
  EXPECT_EQ(must(run(load_jobs(*db, {job.id, JobId::fresh()}))).size(), 1u);
}

TEST_F(JobsTest, TheVersionGrowsOnlyWithTheContent) {
  auto job = sample_job("1");
  auto first = upsert(job, "h1");
  auto same = upsert(job, "h1", start + days{1});
  EXPECT_EQ(same.id, first.id);
  EXPECT_EQ(same.outcome, UpsertOutcome::unchanged);
  EXPECT_EQ(find(first.id).version, 1);
  EXPECT_EQ(find(first.id).updated_at, start);
  job.id = JobId::fresh();
  job.title = "Senior Developer";
  auto changed = upsert(job, "h2", start + days{2});
  EXPECT_EQ(changed.id, first.id) << "the id that it has is kept";
  EXPECT_EQ(changed.outcome, UpsertOutcome::updated);
  EXPECT_FALSE(changed.revived);
  EXPECT_EQ(find(first.id).version, 2);
  EXPECT_EQ(find(first.id).title, "Senior Developer");
  EXPECT_EQ(find(first.id).created_at, start);
}

TEST_F(JobsTest, ValuesTheTableRefusesAreInvalid) {
  auto job = sample_job("1");
  job.country = "Germany";
  EXPECT_EQ(error_of(run(upsert_job(*db, job, {"h", "b", ""}, start))), Errc::invalid);
  EXPECT_EQ(error_of(run(upsert_job(*db, sample_job(""), {"h", "b", ""}, start))), Errc::invalid);
}

TEST_F(JobsTest, WhatACompleteListingLacksIsGoneUntilItComesBack) {
  auto kept = upsert(sample_job("1"), "h1", start);
  auto gone = upsert(sample_job("2"), "h1", start);
  auto elsewhere = upsert(sample_job("3"), "h1", start, "other board");
  upsert(sample_job("1"), "h1", start + days{1});
  auto expired =
    must(run(expire_jobs_gone(*db, SourceKind::adzuna, "b", start + days{1}, start + days{1})));
  EXPECT_EQ(expired, std::vector{gone.id});
  EXPECT_EQ(find(gone.id).status, JobStatus::expired);
  EXPECT_EQ(find(gone.id).expiry_reason, ExpiryReason::gone_from_source);
  EXPECT_EQ(find(kept.id).status, JobStatus::active);
  EXPECT_EQ(find(elsewhere.id).status, JobStatus::active);

  auto back = upsert(sample_job("2"), "h1", start + days{2});
  EXPECT_TRUE(back.revived);
  EXPECT_EQ(back.outcome, UpsertOutcome::unchanged);
  EXPECT_EQ(find(gone.id).status, JobStatus::active);
  EXPECT_EQ(find(gone.id).expiry_reason, std::nullopt);
  EXPECT_EQ(find(gone.id).version, 1);
}

TEST_F(JobsTest, ExpireForTheTrueReason) {
  auto dated = sample_job("dated");
  dated.expires_at = start + days{3};
  auto old = sample_job("old");
  old.posted_at = start - days{50};
  auto old_but_dated = sample_job("old but dated");
  old_but_dated.posted_at = start - days{50};
  old_but_dated.expires_at = start + days{30};
  auto undated = sample_job("undated");
  undated.posted_at.reset();
  auto dated_id = upsert(dated).id;
  auto old_id = upsert(old).id;
  upsert(old_but_dated);
  upsert(undated);

  auto due = must(run(jobs_possibly_due(*db, start, start - days{45}, std::nullopt, 100)));
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].job.id, old_id);
  EXPECT_EQ(due[0].last_seen, start);
  must(run(expire_jobs(*db, {{old_id, ExpiryReason::too_old}}, start)));
  auto later =
    must(run(jobs_possibly_due(*db, start + days{3}, start - days{45}, std::nullopt, 100)));
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].job.id, dated_id);
  must(run(expire_jobs(
    *db, {{dated_id, ExpiryReason::deadline_passed}, {old_id, ExpiryReason::withdrawn}}, start)));
  EXPECT_EQ(must(run(find_job(*db, old_id))).expiry_reason, ExpiryReason::too_old);
  EXPECT_EQ(must(run(find_job(*db, dated_id))).expiry_reason, ExpiryReason::deadline_passed);

  // Merely being listed still does not bring them back; a new date or deadline does.
  EXPECT_FALSE(upsert(old, "h1", start + days{3}).revived);
  EXPECT_FALSE(upsert(dated, "h1", start + days{3}).revived);
  old.posted_at = start;
  dated.expires_at = start + days{20};
  EXPECT_TRUE(upsert(old, "h2", start + days{3}).revived);
  EXPECT_TRUE(upsert(dated, "h2", start + days{3}).revived);
}

TEST_F(JobsTest, AWithdrawnOneStaysWithdrawn) {
  auto id = add("1");
  must(run(withdraw_job(*db, id, start)));
  EXPECT_EQ(find(id).expiry_reason, ExpiryReason::withdrawn);
  EXPECT_FALSE(upsert(sample_job("1"), "h2").revived);
  EXPECT_EQ(find(id).status, JobStatus::expired);
  EXPECT_EQ(error_of(run(withdraw_job(*db, id, start))), Errc::not_found);
}

TEST_F(JobsTest, AMergeIsUndoneToWhatItWas) {
  auto first = add("1");
  auto second = add("2");
  must(run(expire_jobs_gone(*db, SourceKind::adzuna, "b", start + days{1}, start)));
  upsert(sample_job("1"));
  must(run(merge_job(*db, second, first, "same fingerprint", start)));
  EXPECT_EQ(find(second).status, JobStatus::merged);
  EXPECT_EQ(find(second).merged_into, first);
  EXPECT_EQ(find(second).expiry_reason, std::nullopt);
  EXPECT_EQ(must(run(jobs_merged_into(*db, first))), std::vector{second});
  EXPECT_EQ(upsert(sample_job("2"), "h2").outcome, UpsertOutcome::updated);
  EXPECT_EQ(find(second).status, JobStatus::merged) << "a new version of a duplicate is one, too";

  must(run(unmerge_job(*db, second, start)));
  EXPECT_EQ(find(second).status, JobStatus::expired);
  EXPECT_EQ(find(second).expiry_reason, ExpiryReason::gone_from_source);
  EXPECT_EQ(find(second).merged_into, std::nullopt);
  EXPECT_EQ(error_of(run(unmerge_job(*db, second, start))), Errc::conflict);
  must(run(merge_job(*db, second, first, "again", start)));
}

TEST_F(JobsTest, MergesDoNotChain) {
  auto a = add("1");
  auto b = add("2");
  auto c = add("3");
  must(run(merge_job(*db, b, a, "r", start)));
  EXPECT_EQ(error_of(run(merge_job(*db, c, b, "r", start))), Errc::conflict);
  EXPECT_EQ(error_of(run(merge_job(*db, a, c, "r", start))), Errc::conflict);
  EXPECT_EQ(error_of(run(merge_job(*db, b, c, "r", start))), Errc::conflict);
  EXPECT_EQ(error_of(run(merge_job(*db, a, a, "r", start))), Errc::conflict);
  EXPECT_EQ(error_of(run(merge_job(*db, c, JobId::fresh(), "r", start))), Errc::not_found);
  must(run(merge_job(*db, c, a, "r", start)));
}

TEST_F(JobsTest, DuplicatesAreFoundByFingerprintAndByName) {
  auto a = sample_job("1");
  auto b = sample_job("2", SourceKind::lever);
  b.company = "ACME  GmbH.";
  b.title = "Software-Developer";
  auto other = sample_job("3");
  other.title = "Accountant";
  auto id = upsert(a).id;
  upsert(b, "h1", start + days{1});
  upsert(other);
  auto same = must(run(duplicate_candidates(*db, "acme gmbh", "software developer")));
  ASSERT_EQ(same.size(), 2u);
  EXPECT_EQ(same[0].id, id) << "oldest first";
  EXPECT_TRUE(must(run(duplicate_candidates(*db, "", "..."))).empty());
  EXPECT_EQ(must(run(jobs_by_fingerprint(*db, "f-Accountant"))).size(), 1u);
  EXPECT_TRUE(must(run(jobs_by_fingerprint(*db, ""))).empty());
}

TEST_F(JobsTest, PagesAndChangesGoThroughAll) {
  std::vector<JobId> ids;
  for (int i = 0; i < 7; ++i)
    ids.push_back(upsert(sample_job(std::to_string(i)), "h", start + std::chrono::seconds{i}).id);
  must(run(withdraw_job(*db, ids[0], start + days{1})));
  std::vector<JobId> seen;
  std::optional<JobId> after;
  for (;;) {
    auto page = must(run(active_jobs_page(*db, after, 2)));
    if (page.empty())
      break;
    for (auto& job : page)
      seen.push_back(job.id);
    after = page.back().id;
  }
  std::sort(ids.begin() + 1, ids.end());
  EXPECT_EQ(seen, std::vector(ids.begin() + 1, ids.end()));
  auto changes = must(run(jobs_changed_since(*db, start + std::chrono::seconds{5}, 10)));
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes.back().id, ids[0]);
  EXPECT_EQ(changes.back().status, JobStatus::expired);
}

}  // namespace
}  // namespace jobraker
