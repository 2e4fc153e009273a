#include "config/llm_tables.hpp"

#include "config/embedded.hpp"
#include "config/llm_toml.hpp"
#include "config/nearest.hpp"
#include "embedded/embedded_llm_tables.hpp"
#include "embedded/embedded_prompts.hpp"

namespace jobraker {
namespace {

template <class Files>
std::string_view content_of(const Files& files, std::string_view name) {
  for (const auto& file : files)
    if (file.name == name)
      return file.content;
  return {};
}

/// The kind of model an operation's `model` stands for; nullopt when nobody knows it.
std::optional<ModelKind> kind_of(const LlmTables& tables, std::string_view model) {
  if (model == "default")
    return ModelKind::chat;
  if (model == "default_embedding")
    return ModelKind::embedding;
  auto* info = tables.model(model);
  return info ? std::optional{info->kind} : std::nullopt;
}

ConfigProblem unknown_model(const LlmTables& tables, const std::string& operation,
                            const std::string& name) {
  std::vector<std::string_view> known;
  for (const auto& [model, info] : tables.models)
    known.push_back(model);
  std::string text = "operations: " + operation + " names the unknown model " + name;
  if (auto guess = nearest(name, known); !guess.empty())
    text.append("; did you mean ").append(guess).append("?");
  return {text};
}

ConfigProblem check_models(const LlmTables& tables, const Operation& operation) {
  auto kind = kind_of(tables, operation.model);
  if (!kind)
    return unknown_model(tables, operation.name, operation.model);
  auto others = operation.fallbacks;
  if (!operation.economy.empty())
    others.push_back(operation.economy);
  for (const auto& name : others) {
    auto other = kind_of(tables, name);
    if (!other)
      return unknown_model(tables, operation.name, name);
    if (*other != *kind)
      return {"operations: " + operation.name + " names " + name +
              ", which is not of the kind of " + operation.model};
  }
  // Two models' vectors cannot be compared, so nothing may stand in for an embedding model.
  if (*kind == ModelKind::embedding && !others.empty())
    return {"operations: " + operation.name +
            " embeds and must have neither fallbacks nor economy"};
  auto* model = tables.model(operation.model);
  if (operation.vision && model && model->image_tokens_max == 0)
    return {"operations: " + operation.name + " takes images, " + operation.model + " does not"};
  return {};
}

ConfigProblem check_operation(const LlmTables& tables, const Operation& operation) {
  if (auto problem = check_models(tables, operation))
    return problem;
  bool chat = kind_of(tables, operation.model) == ModelKind::chat;
  if (chat != (operation.max_tokens > 0))
    return {"operations: " + operation.name + ".max_tokens must be " +
            (chat ? "at least 1" : "0: this kind of model writes nothing")};
  if (chat == operation.prompt.empty())
    return {"operations: " + operation.name + ".prompt must " +
            (chat ? "name a file" : "be empty: this kind of model takes none")};
  if (!chat && (!operation.schema.empty() || operation.temperature))
    return {"operations: " + operation.name + " can have neither schema nor temperature"};
  for (const auto& file : {operation.prompt, operation.schema})
    if (!file.empty() && prompt_text(file).empty())
      return {"operations: " + operation.name + " names the file " + file +
              ", which is not in prompts/"};
  return {};
}

}  // namespace

const Operation* LlmTables::operation(std::string_view name) const {
  auto found = operations.find(name);
  return found == operations.end() ? nullptr : &found->second;
}

const ModelInfo* LlmTables::model(std::string_view name) const {
  auto found = models.find(name);
  return found == models.end() ? nullptr : &found->second;
}

ConfigProblem read_llm_tables(std::string_view operations_text, std::string_view models_text,
                              LlmTables& tables) {
  LlmTables read;
  if (auto problem = config_detail::read_models(models_text, read.models))
    return problem;
  if (auto problem = config_detail::read_operations(operations_text, read.operations))
    return problem;
  for (const auto& [name, operation] : read.operations)
    if (auto problem = check_operation(read, operation))
      return problem;
  tables = std::move(read);
  return {};
}

ConfigProblem add_models(std::string_view models_text, LlmTables& tables) {
  auto read = tables;
  if (auto problem = config_detail::read_models(models_text, read.models))
    return problem;
  // A replaced model may be of another kind than the operations need.
  for (const auto& [name, operation] : read.operations)
    if (auto problem = check_operation(read, operation))
      return problem;
  tables = std::move(read);
  return {};
}

ConfigProblem read_embedded_llm_tables(LlmTables& tables) {
  return read_llm_tables(content_of(embedded_llm_tables(), "operations.toml"),
                         content_of(embedded_llm_tables(), "models.toml"), tables);
}

std::string_view prompt_text(std::string_view file) { return content_of(embedded_prompts(), file); }

std::string_view tools_text() { return content_of(embedded_llm_tables(), "tools.json"); }

}  // namespace jobraker
