#include <gtest/gtest.h>

#include "messages/json.hpp"
#include "net/http/problem.hpp"

namespace jobraker::net {
namespace {

struct Mapping {
  Errc code;
  int status;
};

class ProblemOfEachCode : public testing::TestWithParam<Mapping> {};

TEST_P(ProblemOfEachCode, HasItsStatusAndSaysWhatItIs) {
  const auto [code, status] = GetParam();
  Context context;
  context.trace = Trace::fresh();
  const auto response = problem(Error{code, "a sentence", {{"/a/0", "too long"}}, {}}, context);
  EXPECT_EQ(response.status, status);
  EXPECT_EQ(response.headers.value("content-type"), "application/problem+json");
  const auto document = json::Document::parse(response.bytes());
  ASSERT_TRUE(document);
  const auto root = document->root();
  EXPECT_EQ(root["status"].integer(), status);
  EXPECT_EQ(root["code"].string(), to_string(code));
  EXPECT_EQ(root["type"].string(), "urn:jobraker:problem:" + std::string{to_string(code)});
  EXPECT_EQ(root["trace_id"].string(), context.trace.id());
  EXPECT_FALSE(root["title"].string_or("").empty());
  EXPECT_EQ(root["errors"].at(0)["pointer"].string(), "/a/0");
  EXPECT_EQ(root["errors"].at(0)["detail"].string(), "too long");
  EXPECT_EQ(root["detail"].string() == "a sentence", code != Errc::internal);
  EXPECT_EQ(response.headers.contains("www-authenticate"), status == 401);
}

INSTANTIATE_TEST_SUITE_P(
  All, ProblemOfEachCode,
  testing::Values(Mapping{Errc::malformed, 400}, Mapping{Errc::invalid, 422},
                  Mapping{Errc::unauthenticated, 401}, Mapping{Errc::forbidden, 403},
                  Mapping{Errc::not_found, 404}, Mapping{Errc::method_not_allowed, 405},
                  Mapping{Errc::conflict, 409}, Mapping{Errc::precondition_failed, 412},
                  Mapping{Errc::too_large, 413}, Mapping{Errc::unsupported_media, 415},
                  Mapping{Errc::unprocessable, 422}, Mapping{Errc::rate_limited, 429},
                  Mapping{Errc::timed_out, 503}, Mapping{Errc::upstream_failed, 502},
                  Mapping{Errc::upstream_timed_out, 504}, Mapping{Errc::unavailable, 503},
                  Mapping{Errc::cancelled, 499}, Mapping{Errc::internal, 500}),
  [](const auto& at) { return std::string{to_string(at.param.code)}; });

TEST(Problem, RetryAfterIsInWholeSecondsRoundedUp) {
  using std::chrono::milliseconds;
  const auto seconds = [](milliseconds wait) {
    const auto response = problem(Error{Errc::rate_limited, "slow down", {}, wait}, Context{});
    return std::string{response.headers.value("retry-after")};
  };
  EXPECT_EQ(seconds(milliseconds{1}), "1");
  EXPECT_EQ(seconds(milliseconds{0}), "1");
  EXPECT_EQ(seconds(milliseconds{2001}), "3");
}

TEST(Problem, ADeadlineOfOursInvitesAnotherTry) {
  const auto retry_after = [](std::optional<std::chrono::milliseconds> wait) {
    const auto response = problem(Error{Errc::timed_out, "late", {}, wait}, Context{});
    return std::string{response.headers.value("retry-after")};
  };
  EXPECT_EQ(retry_after(std::nullopt), "1");
  EXPECT_EQ(retry_after(std::chrono::seconds{7}), "7");
}

TEST(Problem, ASlowRequestIsTheCallersTimeOut) {
  const auto response = slow_request("too slow", Context{});
  EXPECT_EQ(response.status, 408);
  EXPECT_FALSE(response.headers.contains("retry-after"));
  const auto document = json::Document::parse(response.bytes());
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root()["code"].string(), "request_timeout");
  EXPECT_EQ(document->root()["detail"].string(), "too slow");
}

TEST(Problem, MethodNotAllowedNamesTheMethods) {
  const auto response = method_not_allowed("GET, OPTIONS", Context{});
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.value("Allow"), "GET, OPTIONS");
}

}  // namespace
}  // namespace jobraker::net
