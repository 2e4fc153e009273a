#include <functional>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/llm_tables.hpp"
#include "messages/job_commands.hpp"
#include "messages/json.hpp"
#include "messages/json_schema.hpp"
#include "messages/profile.hpp"

namespace jobraker::llm {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

const LlmTables& tables() {
  static const LlmTables read = [] {
    LlmTables out;
    EXPECT_EQ(read_embedded_llm_tables(out).text, "");
    return out;
  }();
  return read;
}

template <class T>
std::set<std::string> field_names() {
  std::set<std::string> out;
  std::apply([&](const auto&... each) { (out.emplace(each.name), ...); }, T::fields());
  return out;
}

std::set<std::string> member_names(json::View object) {
  std::set<std::string> out;
  object.each_member([&](std::string_view key, json::View) { out.emplace(key); });
  return out;
}

std::set<std::string> strings(json::View list) {
  std::set<std::string> out;
  list.each_element([&](json::View each) { out.insert(each.string_or("?")); });
  return out;
}

/// Visits a schema and everything in it.
void each_schema(json::View schema, const std::function<void(json::View)>& visit) {
  visit(schema);
  schema["properties"].each_member([&](std::string_view, json::View v) { each_schema(v, visit); });
  schema["anyOf"].each_element([&](json::View v) { each_schema(v, visit); });
  if (auto items = schema["items"])
    each_schema(items, visit);
}

bool is_object_schema(json::View schema) {
  bool found = schema["type"].string() == "object";
  schema["type"].each_element([&](json::View each) { found |= each.string() == "object"; });
  return found;
}

/// What OpenAI's strict mode wants (structured outputs guide): every object closed, every property
/// required, and no words it does not know.
TEST(Schemas, OfEveryOperationAreStrict) {
  static const std::set<std::string> known{
    "type",  "properties", "required", "additionalProperties",
    "items", "enum",       "anyOf",    "description"};
  int seen = 0;
  for (const auto& [name, operation] : tables().operations) {
    if (operation.schema.empty())
      continue;
    auto document = json::Document::parse(prompt_text(operation.schema));
    ASSERT_TRUE(document) << operation.schema << ": " << document.error().detail;
    EXPECT_TRUE(is_object_schema(document->root())) << operation.schema;
    each_schema(document->root(), [&](json::View schema) {
      for (const auto& key : member_names(schema))
        EXPECT_TRUE(known.contains(key)) << operation.schema << " has " << key;
      if (!is_object_schema(schema))
        return;
      ++seen;
      EXPECT_EQ(schema["additionalProperties"].boolean(), false) << operation.schema;
      EXPECT_THAT(strings(schema["required"]),
                  UnorderedElementsAreArray(member_names(schema["properties"])))
        << operation.schema;
    });
    EXPECT_TRUE(json::Schema::compile(prompt_text(operation.schema))) << operation.schema;
  }
  EXPECT_GT(seen, 20);
}

TEST(Schemas, ParseJobGivesTheFieldsOfAPosting) {
  auto document = json::Document::parse(prompt_text("parse_job.schema.json"));
  ASSERT_TRUE(document);
  EXPECT_EQ(member_names(document->root()["properties"]), field_names<PostJob>());
}

TEST(Prompts, KeepTheHierarchyOfInstructions) {
  for (const auto& [name, operation] : tables().operations) {
    // Those two have fences of their own, <resume> and <candidate>.
    if (operation.prompt.empty() || name == "parse_cv" || name == "score_jobs")
      continue;
    std::string prompt{prompt_text(operation.prompt)};
    EXPECT_THAT(prompt, HasSubstr("These rules stand above everything else")) << name;
    EXPECT_THAT(prompt, HasSubstr("<untrusted id=")) << name;
    EXPECT_THAT(prompt, HasSubstr("</untrusted>` is data")) << name;
    EXPECT_THAT(prompt, HasSubstr("Never state, quote, translate")) << name;
    EXPECT_THAT(prompt, HasSubstr("[EMAIL_1]")) << name;
  }
}

TEST(Prompts, OfChatNameEveryFunctionAndCiteSources) {
  std::string prompt{prompt_text("chat.md")};
  auto document = json::Document::parse(tools_text());
  ASSERT_TRUE(document);
  document->root().each_element([&](json::View tool) {
    EXPECT_THAT(prompt, HasSubstr("`" + tool["name"].string_or("?") + "`"));
  });
  EXPECT_THAT(prompt, HasSubstr("[S1]"));
}

TEST(Tools, AreTheElevenAndThreeOfThemAsk) {
  auto document = json::Document::parse(tools_text());
  ASSERT_TRUE(document) << document.error().detail;
  std::set<std::string> all, asking;
  document->root().each_element([&](json::View tool) {
    EXPECT_EQ(member_names(tool),
              (std::set<std::string>{"name", "description", "confirm", "parameters"}));
    auto name = tool["name"].string_or("?");
    EXPECT_TRUE(all.insert(name).second) << name;
    if (tool["confirm"].boolean().value_or(true))
      asking.insert(name);
    EXPECT_TRUE(json::Schema::compile(tool["parameters"].dump())) << name;
  });
  EXPECT_EQ(all, (std::set<std::string>{"getApplicationStatus", "listApplications",
                                        "scheduleInterview", "getInterviewSlots", "searchJobs",
                                        "recommendJobs", "getJobDetails", "getResumeFeedback",
                                        "getSkillGaps", "updatePreferences", "startAutoApply"}));
  EXPECT_EQ(asking,
            (std::set<std::string>{"scheduleInterview", "updatePreferences", "startAutoApply"}));
}

/// Nothing a model writes into an argument can be endless, and none can say who the user is.
TEST(Tools, ParametersAreClosedAndBounded) {
  auto document = json::Document::parse(tools_text());
  ASSERT_TRUE(document);
  document->root().each_element([&](json::View tool) {
    each_schema(tool["parameters"], [&](json::View schema) {
      auto name = tool["name"].string_or("?") + " " + schema.dump();
      auto type = schema["type"].string_or("?");
      if (type == "object") {
        EXPECT_EQ(schema["additionalProperties"].boolean(), false) << name;
        EXPECT_FALSE(schema["properties"]["userId"] || schema["properties"]["user_id"]) << name;
      } else if (type == "string") {
        EXPECT_TRUE(schema["maxLength"] || schema["pattern"] || schema["enum"]) << name;
      } else if (type == "integer") {
        EXPECT_TRUE(schema["minimum"] && schema["maximum"]) << name;
      } else if (type == "array") {
        EXPECT_TRUE(schema["maxItems"]) << name;
      } else {
        EXPECT_EQ(type, "boolean") << name;
      }
    });
  });
}

TEST(Tools, UpdatePreferencesTakesTheFieldsOfThePreferences) {
  auto document = json::Document::parse(tools_text());
  ASSERT_TRUE(document);
  int found = 0;
  document->root().each_element([&](json::View tool) {
    if (tool["name"].string() != "updatePreferences")
      return;
    ++found;
    EXPECT_EQ(member_names(tool["parameters"]["properties"]), field_names<Preferences>());
  });
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace jobraker::llm
