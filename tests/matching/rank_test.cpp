#include <algorithm>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/matching/core/rank.hpp"

namespace jobraker::matching {
namespace {

TEST(Rank, DoesNotDependOnTheOrderItIsGiven) {
  ASSERT_TRUE(rc::check([] {
    auto count = *rc::gen::inRange<std::size_t>(0, 40);
    std::vector<std::pair<Candidate, RubricScore>> pairs;
    for (std::size_t i = 0; i < count; ++i) {
      RubricScore score;
      score.total = *rc::gen::inRange(0, 5) * 20'000;
      pairs.push_back(
        {{JobId::of(std::to_string(i)), static_cast<float>(*rc::gen::inRange(0, 4)) / 4}, score});
    }
    auto ranked = [](const auto& list) {
      std::vector<Candidate> candidates;
      std::vector<RubricScore> scores;
      for (const auto& [candidate, score] : list) {
        candidates.push_back(candidate);
        scores.push_back(score);
      }
      return rank(candidates, scores, {.similarity_percent = 30, .limit = 10});
    };
    auto expected = ranked(pairs);
    RC_ASSERT(expected.size() == std::min<std::size_t>(10, count));
    for (std::size_t i = 1; i < expected.size(); ++i)
      RC_ASSERT(expected[i - 1].stage2 >= expected[i].stage2);
    std::shuffle(pairs.begin(), pairs.end(), std::mt19937_64{*rc::gen::arbitrary<std::uint64_t>()});
    RC_ASSERT(ranked(pairs) == expected);
  }));
}

TEST(Rank, BlendsSimilarityAndRubricByTheSetting) {
  RubricScore low;
  low.total = 40'000;
  RubricScore high;
  high.total = 60'000;
  std::vector<Candidate> candidates{{JobId::of("a"), 0.9f}, {JobId::of("b"), 0.5f}};
  std::vector<RubricScore> scores{low, high};
  EXPECT_EQ(rank(candidates, scores, {.similarity_percent = 0}).front().job, JobId::of("b"));
  auto blended = rank(candidates, scores, {.similarity_percent = 30});
  EXPECT_EQ(blended.front().job, JobId::of("a"));
  EXPECT_EQ(blended.front().stage2, 58'000);
  EXPECT_EQ(blended.back().stage2, 42'000);
}

}  // namespace
}  // namespace jobraker::matching
