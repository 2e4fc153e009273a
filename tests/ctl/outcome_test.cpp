#include "tools/ctl/outcome.hpp"

#include <gtest/gtest.h>

#include "tests/ctl/bytes.hpp"
#include "tools/ctl/text.hpp"

namespace jobraker::ctl {
namespace {

constexpr const char* problem_type = "application/problem+json";

TEST(Outcome, AProblemIsOneLineWithItsReasons) {
  auto invalid = refusal_of(
    422, problem_type,
    R"({"type":"urn:x","title":"A value breaks a rule","status":422,"detail":"see errors","code":"invalid",)"
    R"("trace_id":"4b","errors":[{"pointer":"limit","detail":"is above 1000"},{"pointer":"/a","detail":"is odd"}]})");
  EXPECT_EQ(invalid.exit, exit_refused);
  EXPECT_EQ(invalid.line, "A value breaks a rule: see errors (limit: is above 1000; /a: is odd)");
}

TEST(Outcome, TheExitCodeSaysWhoseTurnItIs) {
  auto with = [](int status) {
    return refusal_of(status, problem_type, R"({"title":"T","detail":"d","trace_id":"4b"})");
  };
  EXPECT_EQ(with(401).exit, exit_forbidden);
  EXPECT_EQ(with(403).exit, exit_forbidden);
  for (int status : {400, 404, 409, 422, 429, 500, 503})
    EXPECT_EQ(with(status).exit, exit_refused) << status;
  EXPECT_EQ(with(404).line, "T: d");
  EXPECT_EQ(with(500).line, "T: d [trace 4b]");
}

TEST(Outcome, WhatIsNoProblemDocumentIsNotJobrakers) {
  EXPECT_EQ(refusal_of(502, "text/html", "<h1>Bad gateway</h1>").exit, exit_unreachable);
  EXPECT_EQ(refusal_of(404, problem_type, "not JSON").exit, exit_unreachable);
  EXPECT_EQ(refusal_of(401, problem_type, "[]").exit, exit_unreachable);
  EXPECT_EQ(refusal_of(403, "application/json", R"({"title":"T"})").exit, exit_unreachable);
}

TEST(Outcome, NoAnswerGivesTheTerminalOrders) {
  ASSERT_TRUE(rc::check([] {
    json::Writer w;
    w.begin_object().member("title", std::string_view{*wild_text()});
    w.member("detail", std::string_view{*wild_text()});
    w.key("errors").begin_array().begin_object();
    w.member("pointer", std::string_view{*wild_text()}).member("detail", 7).end_object();
    w.end_array().end_object();
    auto refusal = refusal_of(*rc::gen::inRange(300, 600), problem_type, w.text());
    RC_ASSERT(!obeyed(refusal.line));
    RC_ASSERT(refusal.line.find('\n') == std::string::npos);
    RC_ASSERT(width(refusal.line) <= 1000);
  }));
}

}  // namespace
}  // namespace jobraker::ctl
