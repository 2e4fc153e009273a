#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json_schema.hpp"

namespace jobraker::json {
namespace {

using testing::HasSubstr;

constexpr auto job_schema = R"({
  "type": "object",
  "properties": {
    "title": {"type": "string", "minLength": 2, "maxLength": 5},
    "salary": {"type": ["integer", "null"], "minimum": 0, "maximum": 100},
    "kind": {"enum": ["full", "part"]},
    "skills": {"type": "array", "items": {"$ref": "#/$defs/skill"}, "maxItems": 2,
               "uniqueItems": true},
    "place": {"type": "object", "properties": {"a/b": {"type": "boolean"}},
              "required": ["a/b"], "additionalProperties": false}
  },
  "required": ["title", "kind"],
  "additionalProperties": false,
  "$defs": {"skill": {"type": "string", "pattern": "^[a-z]+$"}}
})";

Schema compiled(std::string_view text) {
  auto schema = Schema::compile(text);
  EXPECT_TRUE(schema) << schema.error().detail;
  return std::move(*schema);
}

std::vector<FieldProblem> problems(const Schema& schema, std::string_view value) {
  return schema.problems(Document::parse(value).value().root());
}

TEST(JsonSchema, NamesTheValueAndTheRuleItBreaks) {
  struct Case {
    std::string value, pointer, detail;
  };
  const Case cases[] = {
    {R"({"title":"abc","kind":"full"})", "", ""},
    {R"({"title":"äöüßé","kind":"full","salary":3.0})", "", ""},
    {R"({"title":"abc","kind":"part","salary":null,"skills":["a","b"],"place":{"a/b":true}})", "",
     ""},
    {R"([])", "", "must be of type \"object\""},
    {R"({"title":"a","kind":"full"})", "/title", "at least this many characters: 2"},
    {R"({"title":"äöüßéè","kind":"full"})", "/title", "at most this many characters: 5"},
    {R"({"title":7,"kind":"full"})", "/title", "must be of type \"string\""},
    {R"({"title":"abc","kind":"none"})", "/kind", "must be one of [\"full\",\"part\"]"},
    {R"({"title":"abc","kind":"full","salary":101})", "/salary", "must be at most 100"},
    {R"({"title":"abc","kind":"full","salary":-1})", "/salary", "must be at least 0"},
    {R"({"title":"abc","kind":"full","salary":1.5})", "/salary", "must be of type"},
    {R"({"title":"abc","kind":"full","user_id":"me"})", "/user_id", "is not known here"},
    {R"({"title":"abc","kind":"full","skills":["a","b","c"]})", "/skills",
     "at most this many items: 2"},
    {R"({"title":"abc","kind":"full","skills":["a","a"]})", "/skills", "twice"},
    {R"({"title":"abc","kind":"full","skills":["a","B"]})", "/skills/1", "must match the pattern"},
    {R"({"title":"abc","kind":"full","place":{}})", "/place/a~1b", "is required"},
    {R"({"title":"abc","kind":"full","place":{"a/b":0}})", "/place/a~1b", "type \"boolean\""},
    {R"({"title":"abc"})", "/kind", "is required"},
  };
  auto schema = compiled(job_schema);
  for (const auto& c : cases) {
    auto found = problems(schema, c.value);
    if (c.detail.empty()) {
      EXPECT_TRUE(found.empty()) << c.value << ": " << found.front().detail;
      continue;
    }
    ASSERT_EQ(found.size(), 1U) << c.value;
    EXPECT_THAT(found[0].detail, HasSubstr(c.detail)) << c.value;
    if (c.detail != "twice") {
      EXPECT_EQ(found[0].pointer, c.pointer) << c.value;
    }
  }
}

TEST(JsonSchema, NamesEveryMissingMemberOfAnObject) {
  auto found = problems(compiled(job_schema), "{}");
  EXPECT_EQ(found,
            (std::vector<FieldProblem>{{"/title", "is required"}, {"/kind", "is required"}}));
  auto outcome = compiled(job_schema).check(Document::parse("{}")->root());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::invalid);
  EXPECT_EQ(outcome.error().detail, "/title is required");
}

TEST(JsonSchema, UnderstandsAlternativesAndRecursion) {
  auto either = compiled(R"({"anyOf":[{"type":"string"},{"type":"object","properties":
    {"next":{"$ref":"#/definitions/node"}},"additionalProperties":false}],
    "definitions":{"node":{"type":"object","properties":{"next":{"$ref":"#/definitions/node"}},
    "additionalProperties":false}}})");
  EXPECT_TRUE(problems(either, R"("x")").empty());
  EXPECT_TRUE(problems(either, R"({"next":{"next":{"next":{}}}})").empty());
  EXPECT_EQ(problems(either, R"({"next":{"next":{"last":{}}}})").size(), 1U);
  EXPECT_THAT(problems(either, "1").at(0).detail, HasSubstr("anyOf"));
  auto never = compiled(R"({"not":{"type":"null"}})");
  EXPECT_TRUE(problems(never, "1").empty());
  EXPECT_EQ(problems(never, "null").size(), 1U);
}

TEST(JsonSchema, RefusesWhatWouldBeWithoutEffect) {
  struct Case {
    std::string schema, pointer;
  };
  const Case cases[] = {
    {R"({"type":"strnig"})", "/type"},
    {R"({"type":[]})", "/type"},
    {R"({"properties":{"a":{"const":1}}})", "/properties/a/const"},
    {R"({"format":"date"})", "/format"},
    {R"({"required":"a"})", "/required"},
    {R"({"required":[1]})", "/required"},
    {R"({"pattern":"\\d+"})", "/pattern"},
    {R"({"pattern":"("})", "/pattern"},
    {R"({"$ref":"https://example.org/x"})", "/$ref"},
    {R"({"$ref":"#/definitions/a"})", "/$ref"},
    {R"({"$ref":"#"})", "/$ref"},
    {R"({"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}})",
     "/definitions/a/$ref"},
    {R"({"minimum":"1"})", "/minimum"},
    {R"({"minLength":-1})", "/minLength"},
    {R"({"maxItems":1.5})", "/maxItems"},
    {R"({"exclusiveMinimum":3})", "/exclusiveMinimum"},
    {R"({"anyOf":{}})", "/anyOf"},
    {R"({"allOf":[]})", "/allOf"},
    {R"({"oneOf":[{"if":{}}]})", "/oneOf/0/if"},
    {R"({"items":{"typ":"string"}})", "/items/typ"},
    {R"({"additionalProperties":{"type":1}})", "/additionalProperties/type"},
    {R"({"properties":{"a/b~c":{"x":1}}})", "/properties/a~1b~0c/x"},
    {R"({"enum":[]})", "/enum"},
    {R"({"not":[]})", "/not"},
    {R"([])", ""},
  };
  for (const auto& c : cases) {
    auto schema = Schema::compile(c.schema);
    ASSERT_FALSE(schema) << c.schema;
    EXPECT_EQ(schema.error().code, Errc::invalid);
    ASSERT_FALSE(schema.error().fields.empty());
    EXPECT_EQ(schema.error().fields[0].pointer, c.pointer) << c.schema;
  }
  EXPECT_EQ(Schema::compile("{").error().code, Errc::malformed);
}

std::string with_pattern(std::string_view pattern) {
  Writer writer;
  return writer.begin_object().member("pattern", pattern).end_object().text();
}

TEST(JsonSchema, APatternMeansWhatItSaysOrIsRefused) {
  struct Case {
    std::string pattern;
    std::vector<std::string> matches{}, others{};
  };
  const Case good[] = {
    {"^[a-z]{2,3}$", {"ab", "abc"}, {"a", "abcd", "AB", "ab1"}},
    {"b+", {"abc", "b"}, {"", "ac"}},
    {"^(ab|c)*d$", {"d", "abcabd"}, {"ad", "abc"}},
    {"^[^0-9-]+$", {"a.b"}, {"", "a-b", "7"}},
    {"^a\\.b\\$$", {"a.b$"}, {"axb$", "a.b"}},
    {"^.?x{2}$", {"xx", "axx", "äxx"}, {"x", "abxx"}},
    {"^[0-9]{4}-[0-9]{2}$", {"2024-05"}, {"2024-5", "x2024-05"}},
    {"^a{2,}$", {"aa", "aaaa"}, {"a"}},
  };
  for (const auto& c : good) {
    auto schema = compiled(with_pattern(c.pattern));
    for (const auto& text : c.matches)
      EXPECT_TRUE(problems(schema, "\"" + text + "\"").empty()) << c.pattern << " " << text;
    for (const auto& text : c.others)
      EXPECT_FALSE(problems(schema, "\"" + text + "\"").empty()) << c.pattern << " " << text;
  }
  for (auto bad :
       {"",        "^",    "^$",  "(",   ")",    "a)",          "(a",    "()",   "a|",     "|a",
        "*",       "+a",   "a**", "a+?", "{2}",  "a{",          "a{x}",  "a{2",  "a{3,2}", "a{0}",
        "a{9999}", "[",    "[]",  "[^]", "[a",   "[[:alpha:]]", "]",     "}",    "a^",     "a$b",
        "(^a)",    "(a$)", "\\",  "\\d", "\\w+", "\\1",         "(?=a)", "(?:a)"})
    EXPECT_FALSE(Schema::compile(with_pattern(bad))) << bad;
}

TEST(JsonSchema, NoPatternWhateverStopsUs) {
  ASSERT_TRUE(rc::check([] {
    auto parts = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", "b", "^", "$", "(", ")", "[", "]", "-", "{", "}", "1", ",",
                                    "2", "|", "*", "+", "?", ".", "\\", "d", "ä"));
    std::string pattern;
    for (const auto& part : parts)
      pattern += part;
    auto schema = Schema::compile(with_pattern(pattern));
    if (schema)
      problems(*schema, R"("ab-1,2a")");
    else
      RC_ASSERT(schema.error().code == Errc::invalid);
  }));
}

/// JSON text of any shape, members in the order given.
rc::Gen<std::string> any_json(int depth = 3) {
  auto text = rc::gen::map(rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~')),
                           [](const std::string& s) {
                             Writer writer;
                             writer.value(std::string_view{s});
                             return writer.text();
                           });
  auto number =
    rc::gen::map(rc::gen::inRange(-1000, 1000), [](int n) { return std::to_string(n); });
  auto scalar = rc::gen::oneOf(text, number, rc::gen::element<std::string>("null", "true", "1.5"));
  if (depth == 0)
    return scalar;
  auto deeper = any_json(depth - 1);
  auto list = rc::gen::map(rc::gen::resize(4, rc::gen::container<std::vector<std::string>>(deeper)),
                           [](const std::vector<std::string>& items) {
                             std::string out = "[";
                             for (const auto& item : items)
                               out += (out.size() > 1 ? "," : "") + item;
                             return out + "]";
                           });
  auto name = rc::gen::element<std::string>("a", "b", "c", "d", "~/");
  auto member = rc::gen::map(rc::gen::pair(name, deeper), [](const auto& pair) {
    return "\"" + pair.first + "\":" + pair.second;
  });
  auto object =
    rc::gen::map(rc::gen::resize(5, rc::gen::container<std::vector<std::string>>(member)),
                 [](const std::vector<std::string>& members) {
                   std::string out = "{";
                   for (const auto& m : members)
                     out += (out.size() > 1 ? "," : "") + m;
                   return out + "}";
                 });
  return rc::gen::oneOf(scalar, list, object);
}

TEST(JsonSchema, CanonicalTextIsAFixedPointWithSortedNames) {
  ASSERT_TRUE(rc::check([] {
    auto text = *any_json();
    auto once = canonical(Document::parse(text).value().root());
    auto again = Document::parse(once).value();
    RC_ASSERT(canonical(again.root()) == once);
    std::string last;
    again.root().each_member([&](std::string_view name, View) {
      RC_ASSERT(last.empty() || last < name);
      last = name;
    });
  }));
}

TEST(JsonSchema, EqualValuesHaveEqualCanonicalTexts) {
  const std::pair<std::string, std::string> cases[] = {
    {R"({"b":1,"a":2})", R"({ "a": 2.0, "b": 1 })"},
    {R"({"a":{"y":[1,2],"x":null}})", R"({"a":{"x":null,"y":[1,2]}})"},
    {R"({"a":"\u00e4"})", R"({"a":"ä"})"},
    {R"({"a":1,"a":2})", R"({"a":1})"},
    {R"(1e2)", "100"},
  };
  for (const auto& [left, right] : cases)
    EXPECT_EQ(canonical(Document::parse(left)->root()), canonical(Document::parse(right)->root()));
  EXPECT_EQ(canonical(Document::parse(R"({"b":[true,1.5],"a":"x"})")->root()),
            R"({"a":"x","b":[true,1.5]})");
  EXPECT_NE(canonical(Document::parse("[1,2]")->root()),
            canonical(Document::parse("[2,1]")->root()));
}

TEST(JsonSchema, ASchemaWithoutRulesTakesEveryValue) {
  auto any = compiled("{}");
  ASSERT_TRUE(rc::check([&] {
    auto text = *any_json();
    RC_ASSERT(problems(any, text).empty());
  }));
}

TEST(JsonSchema, TheTypesOfAValueAreExactlyTheOnesItPasses) {
  ASSERT_TRUE(rc::check([] {
    auto text = *any_json();
    auto value = Document::parse(text).value();
    auto root = value.root();
    const std::pair<std::string, bool> expected[] = {{"null", root.is_null()},
                                                     {"boolean", root.is_bool()},
                                                     {"object", root.is_object()},
                                                     {"array", root.is_array()},
                                                     {"number", root.is_number()},
                                                     {"string", root.is_string()},
                                                     {"integer", root.integer().has_value()}};
    for (const auto& [type, is] : expected) {
      auto schema = compiled(R"({"type":")" + type + R"("})");
      RC_ASSERT(schema.problems(root).empty() == is);
    }
  }));
}

}  // namespace
}  // namespace jobraker::json
