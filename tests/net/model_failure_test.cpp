#include "net/client/model_failure.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/client/anthropic.hpp"
#include "net/client/openai.hpp"

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

const Time now_here = *parse_rfc3339("2026-11-20T12:40:00Z");

/// The judgement in one word.
std::string judged(const ModelFailure& failure) {
  const int flags = failure.quota + failure.context_length_exceeded + failure.model_not_found +
                    failure.slow_down + failure.limited + failure.overloaded;
  EXPECT_LE(flags, 1);
  std::string out = failure.quota                     ? "quota"
                    : failure.context_length_exceeded ? "length"
                    : failure.model_not_found         ? "model"
                    : failure.slow_down               ? "slow_down"
                    : failure.limited                 ? "limited"
                    : failure.overloaded              ? "overloaded"
                                                      : "plain";
  return out + (failure.retry ? " retry" : "");
}

struct Case {
  int status;
  const char* body;
  const char* expected;
};

TEST(OpenAiFailure, EveryKnownFormIsJudged) {
  const Case cases[] = {
    {400, R"({"error":{"message":"x","type":"invalid_request_error","param":null,"code":null}})",
     "plain"},
    {400,
     R"({"error":{"message":"x","code":"context_length_exceeded","type":"invalid_request_error"}})",
     "length"},
    {400, R"({"error":{"code":400,"message":"x","type":"exceed_context_size_error"}})", "length"},
    {400,
     R"({"object":"error","message":"This model's maximum context length is 4096 tokens. However","type":"BadRequestError","param":null,"code":400})",
     "length"},
    {400, R"({"object":"error","message":"bad","type":"BadRequestError","param":null,"code":400})",
     "plain"},
    {400, R"({"error":{"code":"unsupported_parameter","type":"invalid_request_error"}})", "plain"},
    {401, R"({"error":{"code":"invalid_api_key","type":"invalid_request_error"}})", "plain"},
    {402, "", "quota"},
    {403, R"({"error":{"code":"unsupported_country_region_territory"}})", "plain"},
    {403, R"({"error":{"code":"model_not_found"}})", "model"},
    {404, R"({"error":{"code":"model_not_found","type":"invalid_request_error"}})", "model"},
    {404,
     R"({"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","code":404})",
     "model"},
    {404,
     R"({"error":{"message":"model \"x\" not found","type":"not_found_error","param":null,"code":null}})",
     "model"},
    {404, R"({"detail":"Not Found"})", "model"},
    {408, "", "plain retry"},
    {409, "", "plain retry"},
    {413, "<html><h1>413 Request Entity Too Large</h1></html>", "length"},
    {422, "{}", "plain"},
    {429,
     R"({"error":{"code":"rate_limit_exceeded","type":"tokens","message":"Please try again in 1.1s"}})",
     "limited retry"},
    {429,
     R"({"error":{"code":"rate_limit_exceeded","type":"tokens","message":"Request too large for gpt-4o in organization o on tokens per min (TPM): Limit 30000, Requested 34307."}})",
     "length"},
    {429, R"({"error":{"code":"slow_down","type":"rate_limit_error"}})", "slow_down retry"},
    {429, "<html>Too Many Requests</html>", "limited retry"},
    {429, "", "limited retry"},
    {429, R"({"error":{"type":"insufficient_quota","code":null}})", "quota"},
    {429, R"({"error":{"type":"insufficient_quota","code":"insufficient_quota"}})", "quota"},
    {429, R"({"error":{"code":"credit_balance_exhausted"}})", "quota"},
    {429, R"({"error":{"code":"organization_spend_limit_exceeded"}})", "quota"},
    {429, R"({"error":{"code":"project_spend_limit_exceeded"}})", "quota"},
    {429, R"({"error":{"code":"organization_usage_limit_exceeded"}})", "quota"},
    {429, R"({"error":{"message":"You exceeded your current quota, please check your plan"}})",
     "quota"},
    {429, R"([{"error":{"code":429,"message":"Resource exhausted"}}])", "limited retry"},
    {500, R"({"error":{"type":"server_error","code":null}})", "plain retry"},
    {500, R"({"error":"model runner has unexpectedly stopped"})", "plain retry"},
    {501, R"({"error":{"code":501,"type":"not_supported_error"}})", "plain"},
    {502, "<html>", "plain retry"},
    {503, R"({"error":{"message":"Slow down","type":"server_error"}})", "slow_down retry"},
    {503, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})",
     "plain retry"},
    {520, "", "plain retry"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(judged(openai::read_failure(c.status, {}, c.body, now_here)), c.expected)
      << c.status << " " << c.body;
}

TEST(AnthropicFailure, EveryKnownFormIsJudged) {
  const Case cases[] = {
    {400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"x"},"request_id":"req_1"})",
     "plain"},
    {400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}})",
     "quota"},
    {400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits."}})",
     "quota"},
    {400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}})",
     "length"},
    {401, R"({"type":"error","error":{"type":"authentication_error","message":"x"}})", "plain"},
    {402, R"({"type":"error","error":{"type":"billing_error","message":"x"}})", "quota"},
    {403, R"({"type":"error","error":{"type":"permission_error","message":"x"}})", "plain"},
    {404, R"({"type":"error","error":{"type":"not_found_error","message":"model: x"}})", "model"},
    {409, R"({"type":"error","error":{"type":"conflict_error","message":"x"}})", "plain retry"},
    {413, "<html>", "length"},
    {413, R"({"type":"error","error":{"type":"request_too_large","message":"x"}})", "length"},
    {422, "", "plain"},
    {429, R"({"type":"error","error":{"type":"rate_limit_error","message":"x"}})", "limited retry"},
    {429,
     R"({"type":"error","error":{"type":"rate_limit_error","message":"enforced_spend_limit_reached"}})",
     "quota"},
    {429,
     R"({"type":"error","error":{"type":"rate_limit_error","message":"x","details":{"error_code":"enforced_spend_limit_reached"}}})",
     "quota"},
    {500, R"({"type":"error","error":{"type":"api_error","message":"x"}})", "plain retry"},
    {503, "", "plain retry"},
    {504, R"({"type":"error","error":{"type":"timeout_error","message":"x"}})", "plain retry"},
    {529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})",
     "overloaded retry"},
    {529, "", "overloaded retry"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(judged(anthropic::read_failure(c.status, {}, c.body, now_here)), c.expected)
      << c.status << " " << c.body;
}

TEST(ModelFailure, TheServersWordOnRetryingCountsExceptWhereItCannotHelp) {
  auto judge = [](int status, const char* body, const char* should) {
    return judged(openai::read_failure(status, {{"x-should-retry", should}}, body, now_here));
  };
  EXPECT_EQ(judge(503, "", "false"), "plain");
  EXPECT_EQ(judge(400, "", "true"), "plain retry");
  EXPECT_EQ(judge(400, "", "perhaps"), "plain");
  EXPECT_EQ(judge(429, R"({"error":{"code":"insufficient_quota"}})", "true"), "quota");
  EXPECT_EQ(judge(400, R"({"error":{"code":"context_length_exceeded"}})", "true"), "length");
}

TEST(ModelFailure, TheWaitComesFromTheHeadersElseFromTheText) {
  const char* body =
    R"({"error":{"code":"rate_limit_exceeded","message":"Rate limit reached. Please try again in 1.146s. Visit https://x"}})";
  auto failure = openai::read_failure(429, {}, body, now_here);
  EXPECT_EQ(failure.wait, milliseconds{1146});
  EXPECT_EQ(failure.error.code, Errc::rate_limited);
  EXPECT_EQ(failure.error.retry_after, milliseconds{1146});
  EXPECT_EQ(openai::read_failure(429, {{"retry-after", "3"}}, body, now_here).wait,
            milliseconds{3000});
  EXPECT_EQ(
    openai::read_failure(503, {{"retry-after", "Fri, 20 Nov 2026 12:40:02 GMT"}}, "", now_here)
      .wait,
    milliseconds{2000});
  EXPECT_EQ(anthropic::read_failure(529, {{"retry-after", "30"}}, "", now_here).wait,
            milliseconds{30'000});
  for (auto [text, ms] : {std::pair{"try again in 84ms", 84}, {"try again in 6m0s.", 360'000}})
    EXPECT_EQ(openai::read_failure(429, {}, std::string{R"({"error":{"message":")"} + text + "\"}}",
                                   now_here)
                .wait,
              milliseconds{ms});
  EXPECT_FALSE(
    openai::read_failure(429, {}, R"({"error":{"message":"try again in a while"}})", now_here)
      .wait);
}

TEST(ModelFailure, NothingOfTheProvidersTextIsRepeated) {
  const char* body =
    R"({"error":{"message":"secret prompt","type":"secret type","code":"secret code"}})";
  for (int status : {400, 401, 404, 413, 429, 500, 529}) {
    EXPECT_EQ(openai::read_failure(status, {}, body, now_here).error.detail.find("secret"),
              std::string::npos);
    EXPECT_EQ(anthropic::read_failure(status, {}, body, now_here).error.detail.find("secret"),
              std::string::npos);
  }
  const auto plain =
    openai::read_failure(400, {}, R"({"error":{"code":"invalid_value"}})", now_here);
  EXPECT_NE(plain.error.detail.find("HTTP 400, invalid_value"), std::string::npos);
}

TEST(ModelFailure, NothingThatCanArriveBreaksIt) {
  EXPECT_TRUE(rc::check([](int status, const std::string& body, const std::string& header) {
    for (const auto& failure :
         {openai::read_failure(status, {{"retry-after", header}}, body, now_here),
          anthropic::read_failure(status, {{"retry-after", header}}, body, now_here)}) {
      RC_ASSERT(!failure.error.detail.empty());
      RC_ASSERT(!(failure.quota && failure.retry));
      RC_ASSERT(!failure.wait || *failure.wait >= milliseconds{0});
    }
  }));
}

}  // namespace
}  // namespace jobraker::net
