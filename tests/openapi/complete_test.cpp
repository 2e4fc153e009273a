#include <gtest/gtest.h>

#include "tests/openapi/document.hpp"

/// What every operation, schema and reference of the document must have.
namespace jobraker::test {
namespace {

TEST(OpenapiDocument, EveryReferenceLeadsSomewhere) {
  each_value(document().root(), "", [](const std::string& at, json::View value) {
    if (value["$ref"].is_string())
      EXPECT_TRUE(resolved(value)) << at << " refers to " << *value["$ref"].string();
  });
}

TEST(OpenapiDocument, EveryComponentIsUsed) {
  std::set<std::string> used;
  each_value(document().root(), "", [&](const std::string&, json::View value) {
    if (auto target = value["$ref"].string())
      used.insert(std::string{*target});
  });
  document().root()["components"].each_member([&](std::string_view kind, json::View members) {
    if (kind == "securitySchemes")
      return;
    members.each_member([&](std::string_view name, json::View) {
      auto target = "#/components/" + std::string{kind} + "/" + std::string{name};
      EXPECT_EQ(used.count(target), 1U) << target;
    });
  });
}

TEST(OpenapiDocument, OperationsHaveANameAPlaceAndWords) {
  std::set<std::string> tags;
  document().root()["tags"].each_element(
    [&](json::View tag) { tags.insert(tag["name"].string_or("")); });
  std::set<std::string> ids;
  for (const auto& operation : operations()) {
    EXPECT_TRUE(ids.insert(operation.id()).second) << operation.id() << " is there twice";
    EXPECT_FALSE(operation.view["summary"].string_or("").empty()) << operation.id();
    ASSERT_EQ(operation.view["tags"].size(), 1U) << operation.id();
    EXPECT_EQ(tags.count(operation.view["tags"].at(0).string_or("")), 1U) << operation.id();
  }
}

TEST(OpenapiDocument, OperationsSayHowTheyEnd) {
  for (const auto& operation : operations()) {
    bool success = false;
    bool problems = true;
    operation.view["responses"].each_member([&](std::string_view status, json::View response) {
      auto content = resolved(response)["content"];
      success = success || status[0] == '1' || status[0] == '2';
      if (status[0] == '4' || status[0] == '5' || status == "default")
        problems = problems && content["application/problem+json"];
    });
    EXPECT_TRUE(success) << operation.id();
    EXPECT_TRUE(problems) << operation.id() << ": errors are problem+json";
    EXPECT_TRUE(operation.view["responses"]["default"]) << operation.id();
  }
}

TEST(OpenapiDocument, BodiesAreRefusedWithTheirStatuses) {
  for (const auto& operation : operations()) {
    if (!operation.view["requestBody"])
      continue;
    for (const char* status : {"400", "413", "422"})
      EXPECT_TRUE(operation.view["responses"][status]) << operation.id() << " " << status;
  }
}

/// Whether some media type of `content` shows what it looks like.
bool has_example(json::View content) {
  bool found = false;
  content.each_member([&](std::string_view, json::View media) {
    found = found || media["example"] || media["examples"].size() > 0;
  });
  return found;
}

TEST(OpenapiDocument, RequestsAndAnswersHaveExamples) {
  for (const auto& operation : operations()) {
    if (auto body = operation.view["requestBody"])
      EXPECT_TRUE(has_example(body["content"])) << operation.id() << ": its body";
    for (auto parameter : operation.parameters())
      if (parameter["required"].boolean().value_or(false))
        EXPECT_TRUE(parameter["example"]) << operation.id() << ": " << parameter["name"].dump();
    operation.view["responses"].each_member([&](std::string_view status, json::View response) {
      if (auto content = resolved(response)["content"])
        EXPECT_TRUE(has_example(content)) << operation.id() << " " << status;
    });
  }
}

TEST(OpenapiDocument, SchemasAndParametersAreExplained) {
  document().root()["components"]["schemas"].each_member(
    [](std::string_view name, json::View schema) {
      EXPECT_FALSE(schema["description"].string_or("").empty()) << name;
    });
  for (const auto& operation : operations())
    for (auto parameter : operation.parameters())
      EXPECT_FALSE(parameter["description"].string_or("").empty())
        << operation.id() << ": " << parameter["name"].dump();
}

}  // namespace
}  // namespace jobraker::test
