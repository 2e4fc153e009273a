#include <gtest/gtest.h>

#include "net/http/etag.hpp"

namespace jobraker::net {
namespace {

TEST(EntityTags, AreReadWeakStrongAndAsLists) {
  EXPECT_EQ(*parse_entity_tags("*"), (EntityTags{true, {}}));
  EXPECT_EQ(*parse_entity_tags(R"("a")"), (EntityTags{false, {{false, "a"}}}));
  EXPECT_EQ(*parse_entity_tags(R"( W/"a,b" , "c",, "" )"),
            (EntityTags{false, {{true, "a,b"}, {false, "c"}, {false, ""}}}));
}

TEST(EntityTags, ThatAreBrokenAreRefused) {
  for (auto bad : {"", "a", R"("a)", R"(w/"a")", R"("a" "b")", R"(*, "a")", R"("a b")", ","})
    EXPECT_EQ(parse_entity_tags(bad).error().code, Errc::malformed) << bad;
}

Request with(std::string_view name, std::string_view value) {
  Request request;
  request.headers.add(name, value);
  return request;
}

TEST(IfNoneMatch, ComparesWeakly) {
  const auto etag = etag_of(7);
  EXPECT_EQ(etag, "\"v7\"");
  EXPECT_TRUE(not_modified(with("If-None-Match", "\"v7\""), etag));
  EXPECT_TRUE(not_modified(with("If-None-Match", "\"v1\", W/\"v7\""), etag));
  EXPECT_TRUE(not_modified(with("If-None-Match", "*"), etag));
  EXPECT_FALSE(not_modified(with("If-None-Match", "\"v8\""), etag));
  EXPECT_FALSE(not_modified(with("If-None-Match", "v7"), etag));
  EXPECT_FALSE(not_modified(Request{}, etag));
}

TEST(IfNoneMatch, TurnsTheAnswerInto304WithTheTag) {
  const auto same = with_etag(with("If-None-Match", "\"v7\""), Response::json(200, "{}"), "\"v7\"");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.bytes(), "");
  EXPECT_EQ(same.headers.value("etag"), "\"v7\"");
  const auto other = with_etag(Request{}, Response::json(200, "{}"), "\"v7\"");
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.bytes(), "{}");
}

TEST(IfMatch, ComparesStrongly) {
  EXPECT_TRUE(check_if_match(Request{}, "\"v7\""));
  EXPECT_TRUE(check_if_match(with("If-Match", "\"v1\", \"v7\""), "\"v7\""));
  EXPECT_TRUE(check_if_match(with("If-Match", "*"), "\"v7\""));
  const auto code = [](std::string_view value, std::string_view etag) {
    return check_if_match(with("If-Match", value), etag).error().code;
  };
  EXPECT_EQ(code("\"v8\"", "\"v7\""), Errc::precondition_failed);
  EXPECT_EQ(code("W/\"v7\"", "\"v7\""), Errc::precondition_failed);
  EXPECT_EQ(code("*", ""), Errc::precondition_failed);
  EXPECT_EQ(code("v7", "\"v7\""), Errc::malformed);
}

}  // namespace
}  // namespace jobraker::net
