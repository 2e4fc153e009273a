#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/llm/core/tokens.hpp"

namespace jobraker::llm {
namespace {

TEST(EstimateTokens, CountsByScript) {
  struct Case {
    std::string text;
    std::int64_t tokens;
  };
  for (const auto& [text, tokens] : {Case{"", 0}, Case{"a", 1}, Case{"abcd", 1}, Case{"abcde", 2},
                                     Case{std::string(4000, 'x'), 1000}, Case{"Übung", 2},
                                     Case{"Привет", 3}, Case{"日本語で書く", 8}, Case{"한국어", 4},
                                     Case{"🙂", 2}, Case{"\xFF\xFF", 2}, Case{"\xE6\x97", 2}})
    EXPECT_EQ(estimate_tokens(text), tokens) << text;
}

TEST(EstimateTokens, IsWithinReasonForOrdinaryEnglish) {
  // 66 words; GPT's tokenisers make 75 to 80 tokens of it.
  std::string_view text =
    "We are looking for a backend engineer who enjoys building reliable services. You will design "
    "interfaces, review code, and take part in an on-call rotation every sixth week. Five years of "
    "experience with C++ or Rust, a good grasp of relational databases, and clear written English "
    "are what matter most to us. The role is remote within Europe, and we pay between 70,000 and "
    "90,000 euros.";
  EXPECT_GE(estimate_tokens(text), 70);
  EXPECT_LE(estimate_tokens(text), 110);
}

/// Cutting a text apart never makes it look smaller, and a longer text is never estimated lower.
TEST(EstimateTokens, GrowsWithTheTextAndIsNotFooledByCuts) {
  ASSERT_TRUE(rc::check([](const std::string& a, const std::string& b) {
    auto whole = estimate_tokens(a + b);
    RC_ASSERT(whole <= estimate_tokens(a) + estimate_tokens(b) + 4);
    RC_ASSERT(estimate_tokens(a + "x") >= estimate_tokens(a));
    RC_ASSERT(estimate_tokens(a) <= static_cast<std::int64_t>(a.size()));
    RC_ASSERT(a.empty() == (estimate_tokens(a) == 0));
  }));
}

}  // namespace
}  // namespace jobraker::llm
