#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/chat/core/tools.hpp"

namespace jobraker::chat {
namespace {

using testing::HasSubstr;

std::string file(const std::string& path) {
  std::ifstream in{std::string{JOBRAKER_SOURCE_DIR} + "/" + path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

const ToolTable& real_table() {
  static const auto table = ToolTable::parse(file("config/tools.json")).value();
  return table;
}

std::string one(std::string_view parameters) {
  return R"([{"name":"f","description":"d","confirm":false,"parameters":)" +
         std::string{parameters} + "}]";
}

TEST(Tools, TheTableOfTheTreeHoldsEveryFunctionAndWhichAskFirst) {
  std::set<std::string> names, asked;
  for (const auto& spec : real_table().specs()) {
    names.insert(spec.name);
    if (real_table().confirms(spec.name))
      asked.insert(spec.name);
    EXPECT_FALSE(spec.description.empty());
    EXPECT_TRUE(json::Schema::compile(spec.parameters)) << spec.name;
  }
  EXPECT_EQ(names, (std::set<std::string>{"getApplicationStatus", "listApplications",
                                          "scheduleInterview", "getInterviewSlots", "searchJobs",
                                          "recommendJobs", "getJobDetails", "getResumeFeedback",
                                          "getSkillGaps", "updatePreferences", "startAutoApply"}));
  EXPECT_EQ(asked,
            (std::set<std::string>{"scheduleInterview", "updatePreferences", "startAutoApply"}));
}

TEST(Tools, NoFunctionTakesAUserOrAnyOtherUnknownMember) {
  for (const auto& spec : real_table().specs())
    for (auto name : {"user_id", "userId", "id", "user", "__proto__"}) {
      auto outcome =
        real_table().check_arguments(spec.name, std::string{"{\""} + name + "\":\"me\"}");
      ASSERT_FALSE(outcome) << spec.name;
      EXPECT_EQ(outcome.error().code, Errc::invalid);
      ASSERT_FALSE(outcome.error().fields.empty());
    }
}

TEST(Tools, ArgumentsAreCheckedAndMadeCanonical) {
  struct Case {
    std::string tool, arguments, expected;
  };
  const Case good[] = {
    {"listApplications", "", "{}"},
    {"listApplications", " \n", "{}"},
    {"listApplications", R"({ "status" : "offered" , "limit": 5.0 })",
     R"({"limit":5,"status":"offered"})"},
    {"listApplications", R"({"status":null,"limit":3})", R"({"limit":3})"},
    {"getApplicationStatus", R"({"jobTitle":null,"companyName":"\u00c4cme"})",
     R"({"companyName":"Äcme"})"},
    {"searchJobs", R"({"country":"DE","remote":true})", R"({"country":"DE","remote":true})"},
    {"getJobDetails", R"({"jobId":"01234567-89ab-cdef-0123-456789abcdef"})",
     R"({"jobId":"01234567-89ab-cdef-0123-456789abcdef"})"},
  };
  for (const auto& c : good) {
    auto outcome = real_table().check_arguments(c.tool, c.arguments);
    ASSERT_TRUE(outcome) << c.arguments << outcome.error().detail;
    EXPECT_EQ(*outcome, c.expected);
  }
  struct Bad {
    std::string tool, arguments;
    Errc code;
    std::string pointer;
  };
  const Bad bad[] = {
    {"noSuch", "{}", Errc::not_found, ""},
    {"listApplications", "{", Errc::malformed, ""},
    {"listApplications", "limit=3", Errc::malformed, ""},
    {"listApplications", std::string(70000, ' '), Errc::too_large, ""},
    {"listApplications", "[]", Errc::invalid, ""},
    {"listApplications", "null", Errc::invalid, ""},
    {"listApplications", R"({"limit":0})", Errc::invalid, "/limit"},
    {"listApplications", R"({"limit":"5"})", Errc::invalid, "/limit"},
    {"listApplications", R"({"status":"lost"})", Errc::invalid, "/status"},
    {"getApplicationStatus", "{}", Errc::invalid, "/companyName"},
    {"getApplicationStatus", R"({"companyName":null})", Errc::invalid, "/companyName"},
    {"getJobDetails", R"({"jobId":"1 OR 1=1"})", Errc::invalid, "/jobId"},
    {"updatePreferences", "{}", Errc::invalid, ""},
    {"updatePreferences", R"({"job_types":["full_time","full_time"]})", Errc::invalid,
     "/job_types"},
    {"startAutoApply", R"({"jobId":"all of them"})", Errc::invalid, "/jobId"},
  };
  for (const auto& c : bad) {
    auto outcome = real_table().check_arguments(c.tool, c.arguments);
    ASSERT_FALSE(outcome) << c.arguments;
    EXPECT_EQ(outcome.error().code, c.code) << c.arguments.substr(0, 80);
    if (!c.pointer.empty()) {
      ASSERT_FALSE(outcome.error().fields.empty()) << c.arguments;
      EXPECT_THAT(outcome.error().fields[0].pointer, HasSubstr(c.pointer));
    }
  }
}

TEST(Tools, EqualArgumentsHaveEqualTextsWhateverTheirOrder) {
  ASSERT_TRUE(rc::check([] {
    auto query = *rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
    auto limit = *rc::gen::inRange(1, 20);
    json::Writer forth, back;
    forth.begin_object().member("query", std::string_view{"q" + query}).member("limit", limit);
    back.begin_object().member("limit", static_cast<double>(limit));
    back.member("query", std::string_view{"q" + query}).key("country").null();
    auto one = real_table().check_arguments("searchJobs", forth.end_object().text());
    auto two = real_table().check_arguments("searchJobs", back.end_object().text());
    RC_ASSERT(one.has_value() && two.has_value());
    RC_ASSERT(*one == *two);
    RC_ASSERT(real_table().check_arguments("searchJobs", *one) == *one);
  }));
}

TEST(Tools, ATableWithAHoleInItIsRefused) {
  const std::pair<std::string, std::string> cases[] = {
    {"{}", "/"},
    {R"([{"name":"a b","description":"d","confirm":false,"parameters":{}}])", "/0/name"},
    {R"([{"name":"f","description":"d","parameters":{}}])", "/0"},
    {R"([{"name":"f","confirm":true,"parameters":{}}])", "/0"},
    {R"([{"name":"f","description":"d","confirm":false}])", "/0/parameters"},
    {R"([{"name":"f","description":"d","confirm":false,"parameters":{},"run":1}])", "/0/run"},
    {one(R"({"type":"object"})"), "/0/parameters"},
    {one(R"({"type":"object","additionalProperties":{"type":"string"}})"), "/0/parameters"},
    {one(R"({"type":"string"})"), "/0/parameters/type"},
    {one(R"({"type":"object","additionalProperties":false,"properties":{"a":{}}})"),
     "/0/parameters/properties/a"},
    {one(R"({"type":"object","additionalProperties":false,"properties":{"a":{"type":"object"}}})"),
     "/0/parameters/properties/a"},
    {one(R"({"type":"object","additionalProperties":false,"properties":{"a":{"type":"array"}}})"),
     "/0/parameters/properties/a/items"},
    {one(R"({"type":"object","additionalProperties":false,"properties":{"a":{"type":"array",
       "items":{"type":["object","null"]}}}})"),
     "/0/parameters/properties/a/items"},
    {one(R"({"type":"object","additionalProperties":false,"properties":{"a":{"anyOf":[
       {"type":"null"},{"properties":{}}]}}})"),
     "/0/parameters/properties/a/anyOf"},
    {one(R"({"type":"object","additionalProperties":false,"patternProperties":{"a":{}}})"),
     "/0/parameters"},
    {one(R"({"type":"object","additionalProperties":false,"const":1})"), "/0/parameters"},
  };
  for (const auto& [text, pointer] : cases) {
    auto table = ToolTable::parse(text);
    ASSERT_FALSE(table) << text;
    EXPECT_EQ(table.error().code, Errc::invalid);
    ASSERT_EQ(table.error().fields.size(), 1U);
    EXPECT_EQ(table.error().fields[0].pointer, pointer) << text;
  }
  EXPECT_EQ(ToolTable::parse("[").error().code, Errc::malformed);
  auto twice = one(R"({"type":"object","additionalProperties":false})");
  twice.pop_back();
  EXPECT_FALSE(ToolTable::parse(twice + "," + twice.substr(1) + "]"));
  EXPECT_TRUE(ToolTable::parse(twice + "]"));
  EXPECT_TRUE(ToolTable::parse("[]")->specs().empty());
}

TEST(Tools, AnUnknownFunctionIsNeverRunWithoutAsking) {
  EXPECT_TRUE(real_table().confirms("noSuch"));
  EXPECT_FALSE(real_table().knows("noSuch"));
  EXPECT_EQ(real_table().check({"1", "noSuch", "{}"}).error().code, Errc::not_found);
}

TEST(Tools, TheQuestionNamesEveryValue) {
  EXPECT_EQ(
    confirmation_text("startAutoApply", R"({"jobId":"7","note":"Hi"})", "Baker at Acme GmbH."),
    "Prepare an application in your name? Baker at Acme GmbH. Posting: \"7\"; "
    "message to the company: \"Hi\".");
  EXPECT_EQ(confirmation_text("updatePreferences",
                              R"({"desired_roles":["A","B"],"salary_range_min":50000})"),
            "Change what you are looking for? Roles: \"A\", \"B\"; lowest salary a year: 50000.");
  EXPECT_EQ(confirmation_text("scheduleInterview", R"({"note":"Hi\nYes","slotId":"7"})",
                              "Acme, 5 May, 10:00."),
            "Book this interview? Acme, 5 May, 10:00. Message to the company: \"Hi Yes\"; time "
            "slot: \"7\".");
  EXPECT_EQ(confirmation_text("newThing", R"({"x":{"y":1},"z":true})"),
            R"(Run newThing? X: {"y":1}; z: yes.)");
  EXPECT_EQ(confirmation_text("newThing", "{}"), "Run newThing?");
  EXPECT_EQ(confirmation_text("updatePreferences", R"({"desired_roles":[]})"),
            "Change what you are looking for? Roles: none.");
}

TEST(Tools, EveryMemberOfAConfirmedFunctionHasWordsOfItsOwn) {
  for (const auto& spec : real_table().specs()) {
    if (!real_table().confirms(spec.name))
      continue;
    auto schema = json::Document::parse(spec.parameters).value();
    schema.root()["properties"].each_member([&](std::string_view member, json::View) {
      auto text = confirmation_text(spec.name, "{\"" + std::string{member} + "\":1}");
      std::string bare{member};
      bare[0] = static_cast<char>(std::toupper(bare[0]));
      EXPECT_FALSE(text.ends_with("? " + bare + ": 1.")) << text;
      EXPECT_THAT(text, HasSubstr(": 1."));
    });
    EXPECT_EQ(confirmation_text(spec.name, "{}").find(spec.name), std::string::npos);
  }
}

TEST(Tools, AnErrorIsJsonForTheModel) {
  EXPECT_EQ(
    error_result({Errc::invalid, "a \"b\"", {{"/x", "is required"}}, {}}),
    R"({"error":"invalid","detail":"a \"b\"","fields":[{"pointer":"/x","detail":"is required"}]})");
  EXPECT_EQ(error_result({Errc::not_found, "gone", {}, {}}),
            R"({"error":"not_found","detail":"gone"})");
}

}  // namespace
}  // namespace jobraker::chat
