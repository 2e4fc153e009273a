#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/matching/exact_vectors.hpp"

namespace jobraker::matching {
namespace {

Embedding random_unit(std::mt19937_64& random) {
  std::normal_distribution<float> normal;
  Embedding out(embedding_dimensions);
  for (auto& v : out)
    v = normal(random);
  EXPECT_TRUE(normalise(out));
  return out;
}

double folded_dot(const UserVectors& user, const JobVectors& job,
                  const SimilarityWeights& weights) {
  auto u = fold(user, weights);
  std::vector<float> j(folded_dimensions);
  if (!fold(job, std::span<float, folded_dimensions>{j}) || u.empty())
    return 0;
  double sum = 0;
  for (std::size_t i = 0; i < folded_dimensions; ++i)
    sum += static_cast<double>(u[i]) * static_cast<double>(j[i]);
  return sum;
}

TEST(Vectors, FoldingGivesTheWeightedSumOfTheSixCosinesWhateverIsMissing) {
  ASSERT_TRUE(rc::check([] {
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    auto missing = *rc::gen::inRange(0, 32);
    UserVectors user{random_unit(random), random_unit(random), random_unit(random)};
    JobVectors job{random_unit(random), random_unit(random)};
    int bit = 0;
    for (auto* v :
         {&user.skills, &user.experience, &user.goals, &job.description, &job.requirements})
      if (missing >> bit++ & 1)
        v->clear();
    SimilarityWeights weights;
    RC_ASSERT(std::abs(folded_dot(user, job, weights) - similarity(user, job, weights)) < 1e-5);
  }));
}

TEST(Vectors, AMissingVectorsWeightGoesToTheOthers) {
  std::mt19937_64 random{1};
  auto same = random_unit(random);
  // Everything points the same way: the similarity is the whole weight, 1, however much is missing.
  EXPECT_NEAR(similarity({same, same, same}, {same, same}), 1, 1e-5);
  EXPECT_NEAR(similarity({same, {}, {}}, {same, same}), 1, 1e-5);
  EXPECT_NEAR(similarity({{}, same, same}, {{}, same}), 1, 1e-5);
  EXPECT_NEAR(similarity({{}, {}, same}, {same, {}}), 1, 1e-5);
  EXPECT_EQ(similarity({}, {same, same}), 0);
  EXPECT_EQ(similarity({same, same, same}, {}), 0);
}

TEST(Vectors, OnlyUnitVectorsOfTheRightSizeAreTaken) {
  std::mt19937_64 random{2};
  auto good = random_unit(random);
  EXPECT_TRUE(check_embedding(good, "skills"));
  EXPECT_TRUE(check_embedding({}, "skills"));
  auto longer = good;
  for (auto& v : longer)
    v *= 1.1f;
  EXPECT_FALSE(check_embedding(longer, "skills"));
  EXPECT_EQ(check_embedding(Embedding(1536, 0.1f), "skills").error().detail,
            "the skills vector has 1536 dimensions instead of 768");
  for (float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    auto broken = good;
    broken[7] = bad;
    EXPECT_FALSE(check_embedding(broken, "skills"));
    EXPECT_FALSE(normalise(broken));
  }
  Embedding zeros(embedding_dimensions, 0.0f);
  EXPECT_FALSE(normalise(zeros));
  EXPECT_TRUE(normalise(longer));
  EXPECT_TRUE(is_unit(longer));
}

}  // namespace
}  // namespace jobraker::matching
