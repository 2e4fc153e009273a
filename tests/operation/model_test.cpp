#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/operation/core/model_families.hpp"
#include "actors/operation/core/work_families.hpp"

namespace jobraker::operation {
namespace {

using testing::HasSubstr;
using testing::Not;

llm::CallSeen good_call() {
  llm::CallSeen seen;
  seen.operation = "chat";
  seen.provider = "openai";
  seen.model = "a-model";
  seen.outcome = "ok";
  seen.tokens_in = 100;
  seen.tokens_cached = 40;
  seen.tokens_out = 20;
  seen.cost_nano = 5'000'000'000;
  seen.seconds = 0.5;
  seen.first_token_seconds = 0.1;
  return seen;
}

std::string text_of(const llm::CallFigures& calls) {
  Families families;
  add_families(families, calls.sums());
  return to_text(families);
}

TEST(ModelFamilies, HaveTheNamesOfTheConventions) {
  llm::CallFigures calls;
  calls.count(good_call());
  const auto text = text_of(calls);
  const std::string who = "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai\","
                          "gen_ai_request_model=\"a-model\",operation=\"chat\"";
  for (const auto& line : {
         "gen_ai_client_token_usage_sum{" + who + ",gen_ai_token_type=\"input\"} 100\n",
         "gen_ai_client_token_usage_sum{" + who + ",gen_ai_token_type=\"output\"} 20\n",
         "gen_ai_client_operation_duration_seconds_count{" + who + "} 1\n",
         "gen_ai_client_operation_duration_seconds_bucket{" + who + ",le=\"0.32\"} 0\n",
         "gen_ai_client_operation_duration_seconds_bucket{" + who + ",le=\"0.64\"} 1\n",
         "gen_ai_client_operation_time_to_first_chunk_seconds_count{" + who + "} 1\n",
         std::string{"jobraker_llm_cost_dollars_total{operation=\"chat\",model=\"a-model\"} 5\n"},
         std::string{"jobraker_llm_cached_tokens_total{operation=\"chat\",model=\"a-model\"} 40\n"},
         std::string{"jobraker_llm_calls_total{operation=\"chat\",provider=\"openai\","
                     "model=\"a-model\",outcome=\"ok\"} 1\n"},
       })
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(ModelFamilies, AFailureHasAnErrorTypeAndNoTokens) {
  llm::CallFigures calls;
  llm::CallSeen seen;
  seen.operation = "chat";
  seen.provider = "openai";
  seen.model = "a-model";
  seen.outcome = "upstream_failed";
  seen.failed = true;
  seen.seconds = 3;
  calls.count(seen);
  const auto text = text_of(calls);
  EXPECT_THAT(text, HasSubstr("error_type=\"_OTHER\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("outcome=\"upstream_failed\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("gen_ai_client_token_usage_sum")));
  EXPECT_FALSE(calls.reachable().at("openai"));
  calls.count(good_call());
  EXPECT_TRUE(calls.reachable().at("openai"));
}

TEST(ModelFamilies, AnAnswerFromTheCacheIsNoCall) {
  llm::CallFigures calls;
  auto seen = good_call();
  seen.cache_hit = true;
  seen.outcome = "cached";
  calls.count(seen);
  const auto text = text_of(calls);
  EXPECT_THAT(text, HasSubstr("jobraker_llm_cache_hits_total{operation=\"chat\",model=\"a-model\"} "
                              "1\n"));
  EXPECT_THAT(text, Not(HasSubstr("jobraker_llm_calls_total{")));
  EXPECT_TRUE(calls.reachable().empty());
}

RC_GTEST_PROP(CallFigures, HoweverManyNamesComeThereAreFew, ()) {
  llm::CallFigures calls;
  const auto names = *rc::gen::container<std::vector<int>>(600, rc::gen::inRange(0, 1000));
  for (const auto name : names) {
    auto seen = good_call();
    const auto model = std::to_string(name);
    seen.model = model;
    seen.outcome = model;
    calls.count(seen);
  }
  const auto sums = calls.sums();
  RC_ASSERT(sums.size() <= llm::CallFigures::keys_max + 1);
  std::uint64_t all = 0;
  for (const auto& [key, sum] : sums) {
    RC_ASSERT(sum.outcomes.size() <= llm::CallFigures::outcomes_max + 1);
    for (const auto& [outcome, count] : sum.outcomes)
      all += count;
  }
  RC_ASSERT(all == names.size());
}

TEST(BudgetFamilies, AreInDollars) {
  Families families;
  add_families(families, std::vector<BudgetReading>{{"day", 50, 40.5, 1}});
  const auto text = to_text(families);
  EXPECT_THAT(text, HasSubstr("jobraker_llm_budget_limit_dollars{period=\"day\"} 50\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_llm_budget_spent_dollars{period=\"day\"} 40.5\n"));
}

TEST(WorkFamilies, GiveRateAndAverageOfScores) {
  WorkFigures work;
  work.resume("parsed");
  work.score(0);
  work.score(10);
  work.score(10.5);
  work.score(100);
  Families families;
  add_families(families, work.sums());
  const auto text = to_text(families);
  EXPECT_THAT(text, HasSubstr("jobraker_resumes_total{outcome=\"parsed\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_match_score_bucket{le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_match_score_bucket{le=\"20\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_match_score_count 4\n"));
  EXPECT_THAT(text, HasSubstr("jobraker_match_score_sum 120.5\n"));
}

}  // namespace
}  // namespace jobraker::operation
