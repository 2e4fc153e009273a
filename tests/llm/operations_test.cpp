#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/llm/core/operations.hpp"

namespace jobraker::llm {
namespace {

using testing::ElementsAre;

ModelInfo model(std::string name, ModelKind kind = ModelKind::chat) {
  ModelInfo out;
  out.name = std::move(name);
  out.kind = kind;
  out.output_tokens_max = 1000;
  return out;
}

LlmTables tables() {
  LlmTables out;
  for (auto name : {"big", "small", "other"})
    out.models[name] = model(name);
  out.models["big"].image_tokens_max = 100;
  out.models["other"].image_tokens_max = 100;
  out.models["other"].temperature = false;
  out.models["other"].completion_tokens = true;
  out.models["other"].reasoning_effort = "none";
  out.models["small"].output_tokens_max = 500;
  out.models["vectors"] = model("vectors", ModelKind::embedding);
  out.models["vectors"].output_tokens_max = 0;
  Operation chat;
  chat.name = "chat";
  chat.model = "default";
  chat.fallbacks = {"other", "small"};
  chat.economy = "small";
  chat.max_tokens = 800;
  chat.temperature = 0.3;
  out.operations["chat"] = chat;
  Operation embed;
  embed.name = "embed";
  embed.model = "default_embedding";
  out.operations["embed"] = embed;
  return out;
}

const DefaultModels defaults{"big", "vectors"};

std::vector<std::string> names(const Result<std::vector<Candidate>>& candidates) {
  std::vector<std::string> out;
  if (candidates)
    for (const auto& each : *candidates)
      out.push_back(each.model->name);
  return out;
}

TEST(Resolve, TheModelThenItsFallbacks) {
  auto all = tables();
  EXPECT_THAT(names(resolve(all, defaults, "chat")), ElementsAre("big", "other", "small"));
  EXPECT_THAT(names(resolve(all, defaults, "embed")), ElementsAre("vectors"));
}

TEST(Resolve, TheEconomyModelComesFirstAndOnlyOnce) {
  auto all = tables();
  EXPECT_THAT(names(resolve(all, defaults, "chat", {.economy = true})),
              ElementsAre("small", "big", "other"));
  EXPECT_THAT(names(resolve(all, defaults, "embed", {.economy = true})), ElementsAre("vectors"));
}

TEST(Resolve, ADefaultThatIsAFallbackTooIsTriedOnce) {
  auto all = tables();
  EXPECT_THAT(names(resolve(all, {"other", "vectors"}, "chat")), ElementsAre("other", "small"));
}

TEST(Resolve, ImagesGoToModelsThatSee) {
  auto all = tables();
  EXPECT_THAT(names(resolve(all, defaults, "chat", {.economy = true, .images = true})),
              ElementsAre("big", "other"));
  for (auto& [name, info] : all.models)
    info.image_tokens_max = 0;
  EXPECT_EQ(resolve(all, defaults, "chat", {.images = true}).error().code, Errc::invalid);
}

TEST(Resolve, EachModelGetsItsOwnLimitsAndDialect) {
  auto all = tables();
  auto candidates = resolve(all, defaults, "chat");
  ASSERT_TRUE(candidates);
  EXPECT_EQ(candidates->at(0).max_tokens, 800);
  EXPECT_EQ(candidates->at(0).temperature, 0.3);
  EXPECT_FALSE(candidates->at(0).dialect.completion_tokens);
  EXPECT_EQ(candidates->at(1).temperature, std::nullopt);
  EXPECT_FALSE(candidates->at(1).dialect.temperature);
  EXPECT_TRUE(candidates->at(1).dialect.completion_tokens);
  EXPECT_EQ(candidates->at(1).dialect.reasoning_effort, "none");
  EXPECT_EQ(candidates->at(2).max_tokens, 500) << "what the model can at most";
}

TEST(Resolve, UnknownOperationsAndModelsAreErrors) {
  auto all = tables();
  EXPECT_EQ(resolve(all, defaults, "sing").error().code, Errc::not_found);
  EXPECT_EQ(resolve(all, {"gpt-99", "vectors"}, "chat").error().code, Errc::invalid);
  EXPECT_EQ(resolve(all, {"", ""}, "chat").error().code, Errc::invalid);
  EXPECT_EQ(resolve(all, {"vectors", "vectors"}, "chat").error().code, Errc::invalid);
  EXPECT_EQ(resolve(all, {"big", "big"}, "embed").error().code, Errc::invalid);
}

TEST(Resolve, EveryCompiledInOperationResolves) {
  LlmTables all;
  ASSERT_EQ(read_embedded_llm_tables(all).text, "");
  Config config;
  DefaultModels configured{config.llm.model, config.llm.embedding_model};
  for (const auto& [name, operation] : all.operations)
    for (bool economy : {false, true}) {
      auto candidates =
        resolve(all, configured, name, {.economy = economy, .images = operation.vision});
      ASSERT_TRUE(candidates) << name << ": " << candidates.error().detail;
      for (const auto& each : *candidates)
        EXPECT_LE(each.max_tokens, each.model->output_tokens_max) << name;
    }
}

}  // namespace
}  // namespace jobraker::llm
