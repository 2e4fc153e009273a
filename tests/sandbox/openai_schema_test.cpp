#include "tools/sandbox/openai_schema.hpp"

#include <gtest/gtest.h>

namespace jobraker::sandbox {
namespace {

std::string minimal(std::string_view schema) {
  return minimal_instance(json::Document::parse(schema)->root());
}

TEST(MinimalInstance, KeepsToTheSchema) {
  EXPECT_EQ(
    minimal(
      R"({"type":"object","properties":{"a":{"type":"integer","minimum":5},"b":{"type":"string"}},"required":["a"]})"),
    R"({"a":5})");
  EXPECT_EQ(minimal(R"({"enum":["x","y"]})"), R"("x")");
  EXPECT_EQ(minimal(R"({"const":7})"), "7");
  EXPECT_EQ(minimal(R"({"anyOf":[{"type":"string"},{"type":"null"}]})"), "null");
  EXPECT_EQ(minimal(R"({"type":"array","items":{"type":"boolean"},"minItems":2})"),
            "[false,false]");
  EXPECT_EQ(minimal(R"({"type":"array","items":{"type":"boolean"}})"), "[]");
  EXPECT_EQ(minimal(R"({"type":"string","maxLength":3})"), R"("not")");
}

TEST(MinimalInstance, FollowsReferencesAndEndsOnCircles) {
  EXPECT_EQ(
    minimal(
      R"({"type":"object","properties":{"a":{"$ref":"#/$defs/x"}},"required":["a"],"$defs":{"x":{"type":"boolean"}}})"),
    R"({"a":false})");
  auto circle = minimal(R"({"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]})");
  EXPECT_TRUE(json::Document::parse(circle)) << circle;
}

TEST(Arguments, AreTakenFromTheText) {
  auto schema = json::Document::parse(R"({"type":"object","required":["query"],"properties":{
    "query":{"type":"string"},"location":{"type":"string"},"max_results":{"type":"integer","maximum":20},
    "level":{"enum":["junior","senior"]},"remote":{"type":"boolean"},"skills":{"type":"array","items":{"type":"string"}}}})");
  auto text =
    arguments_from(schema->root(), "Find 50 senior Python and SQL jobs in New York, not remote");
  auto document = json::Document::parse(text);
  ASSERT_TRUE(document) << text;
  auto root = document->root();
  EXPECT_EQ(root["location"].string_or(""), "New York");
  EXPECT_EQ(root["max_results"].integer(), 20);
  EXPECT_EQ(root["level"].string_or(""), "senior");
  EXPECT_EQ(root["remote"].boolean(), false);
  EXPECT_EQ(root["skills"].size(), 2U);
  EXPECT_TRUE(root["query"].is_string());
}

}  // namespace
}  // namespace jobraker::sandbox
