#include <rapidcheck.h>

#include <set>

#include "storage/job_search.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using std::chrono::days;
using test::error_of;
using test::must;
using test::sample_job;
using test::start;

struct JobSearchTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (!db)
      return;
    auto developer = sample_job("developer");
    developer.skills = {"C++", "PostgreSQL"};
    developer.salary_max = 90000;
    auto nurse = sample_job("nurse");
    nurse.title = "Night Nurse";
    nurse.company = "100% Care_Ltd";
    nurse.location = "Leeds";
    nurse.country = "GB";
    nurse.description = "Caring for patients, not developers.";
    nurse.salary_min = 30000;
    nurse.posted_at = start - days{20};
    auto remote = sample_job("remote");
    remote.title = "Data Engineer";
    remote.workplace = Workplace::remote;
    remote.country = "US";
    remote.location = "Anywhere";
    remote.posted_at.reset();
    for (auto& job : {developer, nurse, remote})
      upsert(job);
  }
  std::vector<std::string> titles(const JobFilter& filter) {
    std::vector<std::string> list;
    for (auto& job : must(run(list_jobs(*db, filter, "", 50, start))).items)
      list.push_back(job.source_id);
    return list;
  }
  using List = std::vector<std::string>;
};

TEST_F(JobSearchTest, NewestFirstAndEachFilterHolds) {
  EXPECT_EQ(titles({}), (List{"remote", "developer", "nurse"}));
  EXPECT_EQ(titles({.country = "gb"}), (List{"nurse"}));
  EXPECT_EQ(titles({.location = "BERLIN"}), (List{"developer"}));
  EXPECT_EQ(titles({.company = "% care_"}), (List{"nurse"})) << "% and _ mean themselves";
  EXPECT_EQ(titles({.company = "a%e"}), (List{}));
  EXPECT_EQ(titles({.remote = true}), (List{"remote"}));
  EXPECT_EQ(titles({.remote = false}), (List{"developer", "nurse"}));
  EXPECT_EQ(titles({.salary_min = 50000}), (List{"developer"}));
  EXPECT_EQ(titles({.posted_within_days = 7}), (List{"remote", "developer"}));
  EXPECT_EQ(titles({.country = "DE", .remote = true}), (List{}));
}

TEST_F(JobSearchTest, WordsAreFoundInTitleCompanySkillsAndText) {
  EXPECT_EQ(titles({.q = "developers", .sort = JobSort::relevance}), (List{"developer", "nurse"}))
    << "in any form; the title weighs more than the text";
  EXPECT_EQ(titles({.q = "developer -nurse"}), (List{"developer"}));
  EXPECT_EQ(titles({.q = "acme postgresql"}), (List{"developer"}));
  EXPECT_EQ(titles({.q = "\"night nurse\""}), (List{"nurse"}));
  EXPECT_EQ(titles({.q = "nurse or data", .sort = JobSort::posted_at}), (List{"remote", "nurse"}));
  EXPECT_EQ(titles({.q = "zebra"}), (List{}));
  EXPECT_EQ(titles({.q = "' ) | & :* \\ \"", .sort = JobSort::relevance}), (List{}));
}

TEST_F(JobSearchTest, TheBestPaidFirst) {
  EXPECT_EQ(titles({.sort = JobSort::salary}), (List{"developer", "nurse", "remote"}));
}

TEST_F(JobSearchTest, ExpiredOnesOnlyOnRequest) {
  auto due =
    must(run(jobs_possibly_due(*db, start, start - std::chrono::days{10}, std::nullopt, 100)));
  ASSERT_EQ(due.size(), 1u);
  must(run(expire_jobs(*db, {{due[0].job.id, ExpiryReason::too_old}}, start)));
  EXPECT_EQ(titles({}), (List{"remote", "developer"}));
  EXPECT_EQ(titles({.include_inactive = true}), (List{"remote", "developer", "nurse"}));
}

TEST_F(JobSearchTest, AWrongCursorIsInvalid) {
  for (auto* cursor : {"x", "!!!!", "cGFnZSB0d28gcGxlYXNlIGFuZCBzb21lIG1vcmUgYnl0ZXMgdG9vLCBvaw"})
    EXPECT_EQ(error_of(run(list_jobs(*db, {}, cursor, 2, start))), Errc::invalid) << cursor;
  auto page = must(run(list_jobs(*db, {}, "", 1, start)));
  EXPECT_EQ(error_of(run(list_jobs(*db, {.sort = JobSort::salary}, *page.next, 1, start))),
            Errc::invalid);
}

TEST_F(JobSearchTest, PagesNeitherRepeatNorSkip) {
  std::size_t count = 3;
  for (int i = 0; i < 40; ++i) {
    auto job = sample_job("x" + std::to_string(i));
    job.salary_max = i % 3 * 1000;
    job.posted_at = start - days{i % 4};  // many alike, so that the id has to decide
    upsert(job);
    ++count;
  }
  ASSERT_TRUE(rc::check([&] {
    auto sort = static_cast<JobSort>(*rc::gen::inRange(0, 3));
    auto limit = static_cast<std::size_t>(*rc::gen::inRange(1, 30));
    JobFilter filter{.q = sort == JobSort::relevance ? "developer or nurse or engineer" : "",
                     .sort = sort};
    std::set<JobId> seen;
    std::string cursor;
    std::size_t total = 0;
    for (;;) {
      auto page = must(run(list_jobs(*db, filter, cursor, limit, start)));
      total += page.items.size();
      for (auto& job : page.items)
        seen.insert(job.id);
      if (!page.next)
        break;
      RC_ASSERT(page.items.size() == limit);
      RC_ASSERT(page.next->size() <= 200);
      cursor = *page.next;
    }
    RC_ASSERT(total == count);
    RC_ASSERT(seen.size() == count);
  }));
}

}  // namespace
}  // namespace jobraker
