#include <random>

#include "storage/nearest.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::sample_job;
using test::start;

/// A reproducible unit vector near `center` (an axis), or anywhere.
Embedding unit(unsigned seed, int axis = -1) {
  std::mt19937 random{seed};
  std::normal_distribution<float> normal{0, 0.02f};
  Embedding v(embedding_dimensions);
  for (auto& element : v)
    element = normal(random);
  if (axis >= 0)
    v[static_cast<std::size_t>(axis)] += 1;
  double sum = 0;
  for (float element : v)
    sum += double(element) * double(element);
  for (auto& element : v)
    element = static_cast<float>(element / std::sqrt(sum));
  return v;
}

double dot(const Embedding& a, const Embedding& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += double(a[i]) * double(b[i]);
  return sum;
}

struct VectorsTest : test::SampleTest {
  JobId add_vector(const std::string& name, Embedding description,
                   const std::string& country = "DE") {
    auto job = sample_job(name);
    job.country = country;
    auto id = upsert(job).id;
    must(run(save_job_vectors(*db, id, {std::move(description), unit(1, 700)}, "m", "h1")));
    return id;
  }
};

TEST_F(VectorsTest, OfAJobComeBackWithHalfPrecision) {
  auto id = add("1");
  must(run(save_job_vectors(*db, id, {unit(7), {}}, "m", "h1")));
  auto page = must(run(load_job_vectors_page(*db, "m", std::nullopt, 10)));
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].job_id, id);
  EXPECT_NEAR(dot(page[0].vectors.description, unit(7)), 1, 1e-3);
  EXPECT_TRUE(page[0].vectors.requirements.empty());
  EXPECT_TRUE(must(run(load_job_vectors_page(*db, "m", id, 10))).empty());
  EXPECT_TRUE(must(run(load_job_vectors_page(*db, "another model", std::nullopt, 10))).empty());
  EXPECT_EQ(must(run(load_job_vectors(*db, "m", {id, JobId::fresh()}))).size(), 1u);
}

TEST_F(VectorsTest, OnesOfAnotherShapeAreRefused) {
  auto id = add("1");
  Embedding shorter(embedding_dimensions - 1, 0.1f);
  Embedding longer = unit(1);
  for (auto& element : longer)
    element *= 2;
  auto broken = unit(1);
  broken[3] = std::nanf("");
  for (auto& bad : {shorter, longer, broken})
    EXPECT_EQ(error_of(run(save_job_vectors(*db, id, {unit(1), bad}, "m", "h1"))), Errc::invalid);
  EXPECT_EQ(error_of(run(save_job_vectors(*db, JobId::fresh(), {unit(1), {}}, "m", "h1"))),
            Errc::invalid);
}

TEST_F(VectorsTest, OfAPersonAreReplaced) {
  auto user = person();
  EXPECT_EQ(error_of(run(find_user_vectors(*db, user))), Errc::not_found);
  must(run(save_user_vectors(*db, user, {unit(1), {}, unit(3)}, "m", "c1")));
  must(run(save_user_vectors(*db, user, {unit(4), unit(5), {}}, "m2", "c2")));
  auto stored = must(run(find_user_vectors(*db, user)));
  EXPECT_EQ(stored.model, "m2");
  EXPECT_EQ(stored.content_hash, "c2");
  EXPECT_NEAR(dot(stored.vectors.skills, unit(4)), 1, 1e-3);
  EXPECT_NEAR(dot(stored.vectors.experience, unit(5)), 1, 1e-3);
  EXPECT_TRUE(stored.vectors.goals.empty());
  auto page = must(run(load_user_vectors_page(*db, "m2", std::nullopt, 10)));
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].user_id, user);
}

TEST_F(VectorsTest, JobsNeedThemUntilTheyAreOfTheirContent) {
  auto a = add("1");
  auto b = upsert(sample_job("2")).id;
  EXPECT_EQ(must(run(jobs_without_vectors(*db, "m", 10))).size(), 2u);
  must(run(save_job_vectors(*db, a, {unit(1), {}}, "m", "h1")));
  must(run(save_job_vectors(*db, b, {{}, {}}, "m", "h1")));
  EXPECT_TRUE(must(run(jobs_without_vectors(*db, "m", 10))).empty())
    << "having nothing to embed counts";
  EXPECT_EQ(must(run(jobs_without_vectors(*db, "newer", 10))).size(), 2u);
  upsert(sample_job("1"), "h2");
  auto again = must(run(jobs_without_vectors(*db, "m", 10)));
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].job.id, a);
  EXPECT_EQ(again[0].content_hash, "h2");
}

TEST_F(VectorsTest, TheNearestComeFirst) {
  std::vector<JobId> ids;
  for (int axis = 0; axis < 5; ++axis)
    ids.push_back(add_vector("j" + std::to_string(axis), unit(static_cast<unsigned>(axis), axis)));
  auto found = must(run(nearest_jobs(*db, unit(99, 3), JobVectorKind::description, "m", {}, 2)));
  ASSERT_EQ(found.jobs.size(), 2u);
  EXPECT_EQ(found.jobs[0].id, ids[3]);
  EXPECT_NEAR(found.jobs[0].similarity, dot(unit(99, 3), unit(3, 3)), 0.01);
  EXPECT_GE(found.jobs[0].similarity, found.jobs[1].similarity);
  EXPECT_EQ(
    must(run(nearest_jobs(*db, unit(1), JobVectorKind::requirements, "m", {}, 9))).jobs.size(), 5u);
  EXPECT_TRUE(
    must(run(nearest_jobs(*db, unit(1), JobVectorKind::description, "other", {}, 9))).jobs.empty());
  EXPECT_EQ(error_of(run(nearest_jobs(*db, {}, JobVectorKind::description, "m", {}, 9))),
            Errc::invalid);
  EXPECT_EQ(error_of(run(nearest_jobs(*db, unit(1), JobVectorKind::description, "m", {}, 0))),
            Errc::invalid);
}

TEST_F(VectorsTest, FiltersHold) {
  auto german = add_vector("de", unit(1, 1), "DE");
  auto british = add_vector("gb", unit(2, 1), "GB");
  auto job = sample_job("us");
  job.country = "US";
  job.workplace = Workplace::remote;
  job.posted_at = start - std::chrono::days{40};
  auto american = upsert(job).id;
  must(run(save_job_vectors(*db, american, {unit(3, 1), {}}, "m", "h1")));
  auto ids = [&](const NearestFilter& filter) {
    std::vector<JobId> list;
    for (auto& near :
         must(run(nearest_jobs(*db, unit(9, 1), JobVectorKind::description, "m", filter, 10))).jobs)
      list.push_back(near.id);
    std::sort(list.begin(), list.end());
    return list;
  };
  auto sorted = [](std::vector<JobId> list) {
    std::sort(list.begin(), list.end());
    return list;
  };
  EXPECT_EQ(ids({}), sorted({german, british, american}));
  EXPECT_EQ(ids({.countries = {"DE", "FR"}}), sorted({german}));
  EXPECT_EQ(ids({.countries = {"DE"}, .or_remote = true}), sorted({german, american}));
  EXPECT_EQ(ids({.remote = true}), sorted({american}));
  EXPECT_EQ(ids({.remote = false}), sorted({german, british}));
  EXPECT_EQ(ids({.posted_since = start - std::chrono::days{7}}), sorted({german, british}));
  must(run(withdraw_job(*db, german, start)));
  EXPECT_EQ(ids({}), sorted({british, american}));
  EXPECT_EQ(ids({.active_only = false}), sorted({german, british, american}));
}

TEST_F(VectorsTest, AShortApproximateAnswerIsMadeWholeByAnExactOne) {
  // Few rows pass the filter, all far from the question, among many that do not: the index gives up
  // before it reaches them, because it may only look at a little.
  must(run(
    db->query("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET hnsw.max_scan_tuples = 1', "
              "current_database()); EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', "
              "current_database()); EXECUTE format('ALTER DATABASE %I SET enable_sort = off', "
              "current_database()); END $$")));
  db = std::make_unique<Database>(loop.io, settings);
  std::vector<JobId> wanted;
  for (int i = 0; i < 400; ++i)
    add_vector("near" + std::to_string(i), unit(static_cast<unsigned>(i), 5), "DE");
  for (int i = 0; i < 6; ++i)
    wanted.push_back(
      add_vector("far" + std::to_string(i), unit(static_cast<unsigned>(1000 + i), 600), "GB"));
  auto found = must(run(
    nearest_jobs(*db, unit(5000, 5), JobVectorKind::description, "m", {.countries = {"GB"}}, 5)));
  ASSERT_EQ(found.jobs.size(), 5u);
  EXPECT_TRUE(found.exact);
  for (auto& near : found.jobs)
    EXPECT_NE(std::find(wanted.begin(), wanted.end(), near.id), wanted.end());
  auto plenty = must(run(nearest_jobs(*db, unit(5000, 5), JobVectorKind::description, "m", {}, 5)));
  EXPECT_EQ(plenty.jobs.size(), 5u);
  EXPECT_FALSE(plenty.exact);
}

}  // namespace
}  // namespace jobraker
