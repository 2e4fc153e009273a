#include <gtest/gtest.h>

#include "net/http/headers.hpp"
#include "net/http/message.hpp"

namespace jobraker::net {
namespace {

TEST(Headers, NamesCompareWithoutCaseAndKeepTheirOrder) {
  Headers headers{{"Accept", "a"}, {"X-Two", "1"}, {"x-two", "2"}};
  EXPECT_EQ(headers.get("X-TWO"), "1");
  EXPECT_EQ(headers.combined("x-Two"), "1, 2");
  EXPECT_EQ(headers.get("x-tw"), std::nullopt);
  EXPECT_EQ(headers.size(), 3u);
}

TEST(Headers, SetReplacesAllOfThatNameEvenByAViewIntoItself) {
  Headers headers{{"A", "first"}, {"a", "second"}, {"B", "kept"}};
  EXPECT_TRUE(headers.set("A", headers.value_at(1)));
  EXPECT_EQ(headers.combined("a"), "second");
  EXPECT_EQ(headers.value("b"), "kept");
  headers.remove("B");
  EXPECT_EQ(headers.size(), 1u);
}

TEST(Headers, AValueCannotEndItsLine) {
  Headers headers;
  EXPECT_FALSE(headers.add("Location", "/a\r\nSet-Cookie: x=1"));
  EXPECT_FALSE(headers.add("X", std::string_view{"a\0b", 3}));
  EXPECT_FALSE(headers.add("X Y", "a"));
  EXPECT_FALSE(headers.add("", "a"));
  EXPECT_TRUE(headers.empty());
}

TEST(Text, OnlyRealUtf8Passes) {
  for (auto good : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBF\xBD"})
    EXPECT_TRUE(is_utf8(good)) << good;
  // Overlong forms, a surrogate, beyond U+10FFFF, a lone continuation, a cut sequence.
  for (auto bad : {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80",
                   "\xE2\x82", "\xF0\x9F\x98", "\xFF"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(Text, WhereACharacterStandsMakesNoDifference) {
  for (std::size_t before = 0; before < 20; ++before)
    for (std::size_t after = 0; after < 20; ++after) {
      auto within = [&](std::string_view middle) {
        return std::string(before, 'a').append(middle).append(after, 'z');
      };
      EXPECT_TRUE(is_utf8(within("")));
      EXPECT_TRUE(is_utf8(within("\xE2\x82\xAC")));
      EXPECT_FALSE(is_utf8(within("\x80")));
      EXPECT_FALSE(is_utf8(within("\xE2\x82")));
    }
}

TEST(Message, MediaTypeIsLowerCaseWithoutParameters) {
  Request request;
  EXPECT_EQ(request.media_type(), "");
  request.headers.add("Content-Type", "Application/JSON ; charset=utf-8");
  EXPECT_EQ(request.media_type(), "application/json");
}

TEST(Message, MethodsAreCaseSensitive) {
  EXPECT_EQ(parse_method("DELETE"), Method::del);
  EXPECT_EQ(parse_method("delete"), std::nullopt);
  EXPECT_EQ(to_string(Method::patch), "PATCH");
}

}  // namespace
}  // namespace jobraker::net
