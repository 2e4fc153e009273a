#include "tools/ctl/session.hpp"

#include <gtest/gtest.h>

#include "tests/ctl/bytes.hpp"

namespace jobraker::ctl {
namespace {

TEST(Session, ComesBackAsItWasKept) {
  Session session{"ada@example.com", "eyJ.a.b", "rt-1", *parse_rfc3339("2026-11-20T09:30:00Z")};
  EXPECT_EQ(decode_session(encode_session(session)), session);
}

TEST(Session, AFileThatIsNoneIsNoSession) {
  for (auto text :
       {"", "{}", "[]", "nonsense", R"({"access_token":"a","refresh_token":"r"})",
        R"({"access_token":"a b","refresh_token":"r","expires_at":"2026-11-20T09:30:00Z"})",
        R"({"access_token":"a\r\nX: y","refresh_token":"r","expires_at":"2026-11-20T09:30:00Z"})",
        R"({"access_token":"a","refresh_token":"","expires_at":"2026-11-20T09:30:00Z"})"})
    EXPECT_FALSE(decode_session(text)) << text;
}

TEST(Session, BeginsWithWhatTheServerGives) {
  auto now = *parse_rfc3339("2026-11-20T09:30:00Z");
  auto session = session_of(
    R"({"access_token":"a.b.c","refresh_token":"rt","token_type":"Bearer","expires_in":900})",
    "ada@example.com", now);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->expires_at, now + std::chrono::seconds{900});
  EXPECT_EQ(session->access_token, "a.b.c");
  EXPECT_FALSE(session_of(R"({"access_token":"a\u0000"})", "", now));
  EXPECT_FALSE(session_of("nonsense", "", now));
}

TEST(Session, ATokenNeverEndsItsHeader) {
  ASSERT_TRUE(rc::check([] {
    auto token = read_token(*wild_text());
    for (char c : token)
      RC_ASSERT(c > ' ' && c < '\x7f');
  }));
  EXPECT_EQ(read_token("  eyJ.a.b\r\n"), "eyJ.a.b");
  EXPECT_EQ(read_token("a b"), "");
}

TEST(Session, EachServerHasAFileInTheFolderForStates) {
  EXPECT_EQ(session_path("/s", "/h", "https://a:1"), "/s/jobraker/ctl-https%3A%2F%2Fa%3A1.json");
  EXPECT_EQ(session_path("", "/h", "http://a"), "/h/.local/state/jobraker/ctl-http%3A%2F%2Fa.json");
  EXPECT_EQ(session_path("relative", "/h", "x"), "/h/.local/state/jobraker/ctl-x.json");
  EXPECT_EQ(session_path("", "", "x"), "");
  EXPECT_EQ(session_path("/s", "", "http://a/../b").find("/../"), std::string::npos);
}

}  // namespace
}  // namespace jobraker::ctl
