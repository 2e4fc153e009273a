#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json.hpp"

namespace jobraker::json {
namespace {

using testing::HasSubstr;

TEST(JsonParse, GivesWhatWasWritten) {
  auto document = Document::parse(R"({"a":[1,-2.5,true,null,"x\u00e9\ud83d\ude00"],"b":{}})");
  ASSERT_TRUE(document);
  auto root = document->root();
  EXPECT_EQ(root.size(), 2U);
  EXPECT_EQ(root["a"].at(0).integer(), 1);
  EXPECT_EQ(root["a"].at(1).number(), -2.5);
  EXPECT_EQ(root["a"].at(2).boolean(), true);
  EXPECT_TRUE(root["a"].at(3).is_null());
  EXPECT_EQ(root["a"].at(4).string(), "xé😀");
  EXPECT_TRUE(root["b"].is_object());
  EXPECT_FALSE(root["c"]);
  EXPECT_FALSE(root["a"].at(5));
  EXPECT_FALSE(root["a"]["a"]) << "a list has no members";
  EXPECT_EQ(root["c"]["d"].string(), std::nullopt) << "nothing has nothing in it";
}

TEST(JsonParse, CountsAWholeNumberWithAFractionPartAsAnInteger) {
  auto integer = [](const char* text) { return Document::parse(text)->root().integer(); };
  EXPECT_EQ(integer("3.0"), 3);
  EXPECT_EQ(integer("3e2"), 300);
  EXPECT_EQ(integer("3.5"), std::nullopt);
  EXPECT_EQ(integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(integer("9223372036854775808"), std::nullopt);
  EXPECT_EQ(integer("1e300"), std::nullopt);
  EXPECT_EQ(integer("\"3\""), std::nullopt);
}

TEST(JsonParse, RefusesWhatIsNotOneValue) {
  for (auto text : {"",
                    " ",
                    "{",
                    "}",
                    "[1,]",
                    "{\"a\":1,}",
                    "{a:1}",
                    "{'a':1}",
                    "01",
                    "+1",
                    "1.",
                    ".5",
                    "NaN",
                    "Infinity",
                    "nul",
                    "1 2",
                    "{} {}",
                    "\"a",
                    "\"\t\"",
                    "// x\n1",
                    "\"\\x41\"",
                    "\"\\ud800\"",
                    "\"\\udc00\"",
                    "{\"\\udfaa\":1}",
                    "\xEF\xBB\xBF{}",
                    "1e999"}) {
    auto document = Document::parse(text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().code, Errc::malformed) << text;
    EXPECT_THAT(document.error().detail, HasSubstr("at byte ")) << text;
  }
}

TEST(JsonParse, RefusesTextThatIsNotUtf8) {
  for (auto text : {"\"\xFF\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"",
                    "\"\xE2\x82\"", "\"caf\xE9\"", "{\"\xE9\":1}"})
    EXPECT_FALSE(Document::parse(text)) << testing::PrintToString(text);
}

TEST(JsonParse, RefusesNulCharactersInValuesAndNames) {
  for (std::string text :
       {std::string{"\"a\\u0000b\""}, std::string{"{\"\\u0000\":1}"}, std::string{"\"a\0b\"", 5},
        std::string{"1\0", 2}, std::string{"1\0 garbage", 10}, std::string{"\0", 1}}) {
    auto document = Document::parse(text);
    EXPECT_FALSE(document) << testing::PrintToString(text);
  }
  EXPECT_THAT(Document::parse("\"\\u0000\"").error().detail, HasSubstr("NUL"));
}

TEST(JsonParse, AllowsSixtyFourLevelsAndNoMore) {
  auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_TRUE(Document::parse(nested(64)));
  auto refused = Document::parse(nested(65));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("64 levels"));
}

TEST(JsonParse, MillionsOfOpenBracketsAreAnErrorAndNoCrash) {
  EXPECT_FALSE(Document::parse(std::string(5'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 500'000; ++i)
    objects += "{\"a\":";
  EXPECT_FALSE(Document::parse(objects));
}

TEST(JsonParse, SurvivesAnyBytes) {
  ASSERT_TRUE(rc::check([](const std::string& bytes) {
    auto document = Document::parse(bytes);
    if (document)
      RC_ASSERT(static_cast<bool>(Document::parse(document->root().dump())));
    else
      RC_ASSERT(document.error().code == Errc::malformed);
  }));
}

TEST(JsonWrite, EveryStringReadsBackAsItself) {
  ASSERT_TRUE(rc::check([](std::vector<unsigned> points) {
    std::string text;
    for (auto raw : points) {
      auto c = raw % 0x10FFFF + 1;
      if (c >= 0xD800 && c < 0xE000)
        continue;
      auto tail = [&](unsigned shift) { text += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
      if (c < 0x80) {
        text += static_cast<char>(c);
      } else if (c < 0x800) {
        text += static_cast<char>(0xC0 | c >> 6);
        tail(0);
      } else if (c < 0x10000) {
        text += static_cast<char>(0xE0 | c >> 12);
        tail(6);
        tail(0);
      } else {
        text += static_cast<char>(0xF0 | c >> 18);
        tail(12);
        tail(6);
        tail(0);
      }
    }
    Writer writer;
    writer.value(std::string_view{text});
    auto document = Document::parse(writer.text());
    RC_ASSERT(static_cast<bool>(document));
    RC_ASSERT(*document->root().string() == text);
  }));
}

TEST(JsonWrite, ReplacesBytesThatAreNotUtf8) {
  struct Case {
    std::string_view bytes, written;
  };
  for (const auto& [bytes, written] :
       {Case{"caf\xE9!", "\"caf\xEF\xBF\xBD!\""}, Case{"\xC3", "\"\xEF\xBF\xBD\""},
        Case{"\xC3\xA9", "\"\xC3\xA9\""}, Case{"\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""}}) {
    Writer writer;
    writer.value(bytes);
    EXPECT_EQ(writer.text(), written);
  }
  ASSERT_TRUE(rc::check([](const std::string& bytes) {
    auto clean = bytes;
    std::erase(clean, '\0');
    Writer writer;
    writer.begin_object().member("a", std::string_view{clean}).end_object();
    RC_ASSERT(static_cast<bool>(Document::parse(writer.text())));
  }));
}

TEST(JsonWrite, EveryFiniteNumberReadsBackAsItselfAndOthersAsNull) {
  ASSERT_TRUE(rc::check([](double number) {
    Writer writer;
    writer.value(number);
    auto document = Document::parse(writer.text());
    RC_ASSERT(static_cast<bool>(document));
    if (std::isfinite(number))
      RC_ASSERT(std::fabs(*document->root().number() - number) <= std::fabs(number) * 1e-15);
    else
      RC_ASSERT(document->root().is_null());
  }));
  for (auto number : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    Writer writer;
    writer.value(number);
    EXPECT_EQ(writer.text(), "null");
  }
  ASSERT_TRUE(rc::check([](std::int64_t number) {
    Writer writer;
    writer.value(number);
    RC_ASSERT(Document::parse(writer.text())->root().integer() == number);
  }));
}

}  // namespace
}  // namespace jobraker::json
