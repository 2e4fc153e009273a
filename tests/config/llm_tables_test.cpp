#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "config/llm_tables.hpp"

namespace jobraker {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::string_view one_model = R"(
[m]
provider = "openai"
kind = "chat"
context_tokens = 1000
output_tokens_max = 100
image_tokens_max = 0
overhead_tokens = 0
requests_per_minute = 60
tokens_per_minute = 0
prices = [{ from = 2026-01-01, input = "0.40", cached = "0.10", output = "1.60" }]
)";

constexpr std::string_view one_operation = R"(
[chat]
model = "m"
fallbacks = []
economy = ""
max_tokens = 50
schema = ""
prompt = "chat.md"
prompt_version = "1"
priority = "batch"
timeout_ms = 1000
deadline_ms = 2000
cacheable = false
vision = false
)";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out{text};
  auto at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

std::string problem_of(std::string_view operations, std::string_view models) {
  LlmTables tables;
  return read_llm_tables(operations, models, tables).text;
}

TEST(LlmTables, TheCompiledInTablesAreInOrder) {
  LlmTables tables;
  EXPECT_EQ(read_embedded_llm_tables(tables).text, "");
  for (auto name : {"parse_cv", "score_jobs", "chat", "chat_summary", "embed", "moderate",
                    "generate_job_metadata", "analyze_job", "optimize_resume", "cover_letter",
                    "company_profile", "department_profile", "interview_feedback",
                    "resume_feedback", "mock_interview", "parse_job"})
    EXPECT_NE(tables.operation(name), nullptr) << name;
  EXPECT_EQ(tables.operations.size(), 16u);
  EXPECT_EQ(tables.operation("nonsense"), nullptr);
}

TEST(LlmTables, TheDefaultModelsOfTheConfigurationAreKnown) {
  LlmTables tables;
  ASSERT_EQ(read_embedded_llm_tables(tables).text, "");
  Config config;
  ASSERT_NE(tables.model(config.llm.model), nullptr);
  EXPECT_EQ(tables.model(config.llm.model)->kind, ModelKind::chat);
  ASSERT_NE(tables.model(config.llm.embedding_model), nullptr);
  EXPECT_EQ(tables.model(config.llm.embedding_model)->kind, ModelKind::embedding);
}

TEST(LlmTables, PricesOfThePriceListInNanoDollars) {
  LlmTables tables;
  ASSERT_EQ(read_embedded_llm_tables(tables).text, "");
  struct Case {
    const char* model;
    TokenPrice price;
  };
  for (const auto& [name, price] :
       {Case{"gpt-4.1-mini", {400, 100, 400, 1600}},
        Case{"gpt-4.1-mini-2025-04-14", {400, 100, 400, 1600}},
        Case{"gpt-4o-mini", {150, 75, 150, 600}}, Case{"gpt-6-luna", {100, 10, 125, 500}},
        Case{"claude-haiku-5-5", {100, 10, 125, 500}},
        Case{"text-embedding-3-small", {20, 20, 20, 0}},
        Case{"omni-moderation-latest", {0, 0, 0, 0}}}) {
    auto* model = tables.model(name);
    ASSERT_NE(model, nullptr) << name;
    EXPECT_EQ(model->prices.back().tokens, price) << name;
  }
  auto* haiku = tables.model("claude-haiku-5-5");
  EXPECT_EQ(haiku->prices.back().long_above, 100'000);
  EXPECT_EQ(haiku->prices.back().long_tokens, (TokenPrice{500, 50, 625, 2500}));
}

TEST(LlmTables, TheDefaultModelMayBeAFallbackOfItsKindOnly) {
  LlmTables tables;
  auto with = [&](const char* fallbacks) {
    return read_llm_tables(replaced(one_operation, "fallbacks = []", fallbacks), one_model, tables)
      .text;
  };
  EXPECT_EQ(with("fallbacks = [\"default\"]"), "");
  EXPECT_THAT(with("fallbacks = [\"default_embedding\"]"), HasSubstr("not of the kind"));
}

TEST(LlmTables, ReadsEveryKey) {
  LlmTables tables;
  auto models = replaced(one_model, "image_tokens_max = 0", R"(image_tokens_max = 7
completion_tokens = true
temperature = false
legacy_functions = true
continuous_usage = true
reasoning_effort = "none"
snapshots = ["m-1", "m-2"]
shutdown = 2027-01-14)");
  auto operations = replaced(one_operation, "cacheable = false",
                             "cacheable = true\ncache_seconds = 9\ntemperature = 0.5");
  ASSERT_EQ(read_llm_tables(operations, models, tables).text, "");
  ASSERT_EQ(tables.models.size(), 3u);
  auto* model = tables.model("m-2");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->name, "m-2");
  EXPECT_EQ(model->image_tokens_max, 7);
  EXPECT_TRUE(model->completion_tokens && model->legacy_functions && model->continuous_usage);
  EXPECT_FALSE(model->temperature);
  EXPECT_EQ(model->reasoning_effort, "none");
  EXPECT_EQ(model->shutdown, std::chrono::sys_days{std::chrono::year{2027} / 1 / 14});
  EXPECT_EQ(model->prices.at(0).from, std::chrono::sys_days{std::chrono::year{2026} / 1 / 1});
  auto* operation = tables.operation("chat");
  ASSERT_NE(operation, nullptr);
  EXPECT_EQ(operation->priority, Priority::batch);
  EXPECT_EQ(operation->timeout, 1s);
  EXPECT_EQ(operation->deadline, 2s);
  EXPECT_EQ(operation->cache_for, 9s);
  EXPECT_EQ(operation->temperature, 0.5);
}

TEST(LlmTables, RefusesWhatIsWrongWithAModelAndSaysWhat) {
  struct Case {
    const char* from;
    const char* to;
    const char* said;
  };
  for (
    const auto& [from, to, said] : {
      Case{"kind = \"chat\"", "kind = \"chat\"\nkidn = 1", "unknown key m.kidn"},
      Case{"provider = \"openai\"", "", "m.provider is missing"},
      Case{"\"openai\"", "\"acme\"", "m.provider must be one of openai, anthropic"},
      Case{"1000", "\"1000\"", "m.context_tokens must be a whole number"},
      Case{"output_tokens_max = 100", "output_tokens_max = 0", "must lie between"},
      Case{"requests_per_minute = 60", "requests_per_minute = -1", "must lie between"},
      Case{"\"0.40\"", "0.40", "m.prices.input must be a string"},
      Case{"\"0.40\"", "\"0.0405\"", "not a whole number of nano-dollars"},
      Case{"\"0.40\"", "\"-0.40\"", "must be USD per million"},
      Case{"\"0.40\"", "\"0,40\"", "must be USD per million"},
      Case{"\"0.40\"", "\".4\"", "must be USD per million"},
      Case{"\"0.40\"", "\"\"", "must be USD per million"},
      Case{"\"0.40\"", "\"1000.001\"", "more than 1000 USD"},
      Case{"2026-01-01", "\"2026-01-01\"", "m.prices.from must be a date"},
      Case{", cached = \"0.10\"", "", "m.prices.cached is missing"},
      Case{"output = \"1.60\"", "output = \"1.60\", tax = \"1\"", "unknown key m.prices.tax"},
      Case{"output = \"1.60\"", "output = \"1.60\", long = { above = 5 }",
           "m.prices.long.input is missing"},
      Case{
        "prices = [{ from = 2026-01-01, input = \"0.40\", cached = \"0.10\", output = \"1.60\" }]",
        "prices = []", "one at least"},
      Case{
        "output = \"1.60\" }",
        "output = \"1.60\" }, { from = 2026-01-01, input = \"1\", cached = \"1\", output = \"1\" }",
        "in order of their days"},
      Case{"kind = \"chat\"", "kind = \"chat\"\nsnapshots = [\"m\"]", "m is there twice"},
      Case{"[m]", "[m", "not valid TOML"},
    })
    EXPECT_THAT(problem_of(one_operation, replaced(one_model, from, to)), HasSubstr(said)) << to;
}

TEST(LlmTables, RefusesWhatIsWrongWithAnOperationAndSaysWhat) {
  struct Case {
    const char* from;
    const char* to;
    const char* said;
  };
  for (const auto& [from, to, said] : {
         Case{"vision = false", "vision = false\nvisoin = true", "did you mean vision?"},
         Case{"vision = false", "", "chat.vision is missing"},
         Case{"\"m\"", "\"n\"", "unknown model n"},
         Case{"fallbacks = []", "fallbacks = [\"n\"]", "unknown model n"},
         Case{"fallbacks = []", "fallbacks = [\"\"]", "none empty"},
         Case{"economy = \"\"", "economy = \"n\"", "unknown model n"},
         Case{"schema = \"\"", "schema = \"nowhere.json\"",
              "nowhere.json, which is not in prompts/"},
         Case{"chat.md", "nowhere.md", "nowhere.md, which is not in prompts/"},
         Case{"\"chat.md\"", "\"\"", "chat.prompt must name a file"},
         Case{"max_tokens = 50", "max_tokens = 0", "chat.max_tokens must be at least 1"},
         Case{"\"batch\"", "\"soon\"", "must be one of interactive, batch, night"},
         Case{"prompt_version = \"1\"", "prompt_version = \"\"", "must not be empty"},
         Case{"timeout_ms = 1000", "timeout_ms = 0", "must lie between"},
         Case{"deadline_ms = 2000", "deadline_ms = 999", "must be at least timeout_ms"},
         Case{"cacheable = false", "cacheable = true", "chat.cache_seconds is missing"},
         Case{"cacheable = false", "cacheable = false\ncache_seconds = 1", "says nothing"},
         Case{"cacheable = false", "cacheable = false\ntemperature = 1.5", "out of range"},
         Case{"vision = false", "vision = true", "takes images, m does not"},
         Case{"[chat]", "x = 1\n[chat]", "x must be a table"},
       })
    EXPECT_THAT(problem_of(replaced(one_operation, from, to), one_model), HasSubstr(said)) << to;
}

TEST(LlmTables, ANameOfAnotherKindIsRefused) {
  auto second = replaced(replaced(replaced(one_model, "[m]", "[e]"), "\"chat\"", "\"embedding\""),
                         "output_tokens_max = 100", "output_tokens_max = 0");
  auto models = std::string{one_model} + second;
  EXPECT_THAT(problem_of(replaced(one_operation, "fallbacks = []", "fallbacks = [\"e\"]"), models),
              HasSubstr("not of the kind of m"));
  auto embeds = replaced(
    replaced(replaced(one_operation, "\"m\"", "\"e\""), "max_tokens = 50", "max_tokens = 0"),
    "chat.md", "");
  EXPECT_EQ(problem_of(embeds, models), "");
  EXPECT_THAT(problem_of(replaced(embeds, "fallbacks = []", "fallbacks = [\"e\"]"), models),
              HasSubstr("neither fallbacks nor economy"));
}

TEST(LlmTables, AProblemLeavesTheTablesAsTheyWere) {
  LlmTables tables;
  ASSERT_EQ(read_llm_tables(one_operation, one_model, tables).text, "");
  EXPECT_TRUE(read_llm_tables("[chat]", one_model, tables));
  EXPECT_TRUE(add_models("[x]", tables));
  EXPECT_EQ(tables.models.size(), 1u);
  EXPECT_EQ(tables.operation("chat")->max_tokens, 50);
}

TEST(LlmTables, AnOperatorsModelsComeOnTopAndReplace) {
  LlmTables tables;
  ASSERT_EQ(read_llm_tables(one_operation, one_model, tables).text, "");
  ASSERT_EQ(add_models(replaced(one_model, "[m]", "[\"qwen3:8b\"]"), tables).text, "");
  EXPECT_NE(tables.model("qwen3:8b"), nullptr);
  ASSERT_EQ(add_models(replaced(one_model, "\"0.40\"", "\"0.5\""), tables).text, "");
  EXPECT_EQ(tables.model("m")->prices.at(0).tokens.input, 500);
  EXPECT_EQ(tables.models.size(), 2u);
  EXPECT_THAT(add_models(replaced(replaced(one_model, "\"chat\"", "\"embedding\""),
                                  "output_tokens_max = 100", "output_tokens_max = 0"),
                         tables)
                .text,
              HasSubstr("chat"));
}

TEST(LlmTables, EveryPriceOfThreeDecimalsIsRead) {
  ASSERT_TRUE(rc::check([] {
    auto nano = *rc::gen::inRange<std::int64_t>(0, 1'000'001);
    auto zeros = *rc::gen::inRange<std::size_t>(0, 5);
    auto fraction = std::to_string(1000 + nano % 1000).substr(1) + std::string(zeros, '0');
    auto text = std::to_string(nano / 1000) + "." + fraction;
    LlmTables tables;
    auto problem = read_llm_tables(one_operation, replaced(one_model, "0.40", text), tables);
    RC_ASSERT(problem.text == "");
    RC_ASSERT(tables.model("m")->prices.at(0).tokens.input == nano);
  }));
}

}  // namespace
}  // namespace jobraker
