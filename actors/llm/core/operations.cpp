#include "actors/llm/core/operations.hpp"

#include <algorithm>

namespace jobraker::llm {
namespace {

/// The names to try, `default` and its kin put in, each once.
std::vector<std::string> names_of(const Operation& operation, const DefaultModels& defaults,
                                  bool economy) {
  std::vector<std::string> names;
  auto add = [&](const std::string& name) {
    const auto& meant = name == "default"             ? defaults.chat
                        : name == "default_embedding" ? defaults.embedding
                                                      : name;
    if (std::find(names.begin(), names.end(), meant) == names.end())
      names.push_back(meant);
  };
  if (economy && !operation.economy.empty())
    add(operation.economy);
  add(operation.model);
  for (const auto& name : operation.fallbacks)
    add(name);
  return names;
}

ModelKind kind_of(const LlmTables& tables, const Operation& operation) {
  if (operation.model == "default_embedding")
    return ModelKind::embedding;
  auto* model = tables.model(operation.model);
  return model ? model->kind : ModelKind::chat;
}

Candidate candidate(const ModelInfo& model, const Operation& operation) {
  return {&model, dialect_of(model), std::min(operation.max_tokens, model.output_tokens_max),
          model.temperature ? operation.temperature : std::nullopt};
}

}  // namespace

ModelDialect dialect_of(const ModelInfo& model) {
  return {.completion_tokens = model.completion_tokens,
          .temperature = model.temperature,
          .legacy_functions = model.legacy_functions,
          .continuous_usage = model.continuous_usage,
          .reasoning_effort = model.reasoning_effort};
}

Result<std::vector<Candidate>> resolve(const LlmTables& tables, const DefaultModels& defaults,
                                       std::string_view operation, const ResolveOptions& options) {
  auto* found = tables.operation(operation);
  if (!found)
    return fail(Errc::not_found, "there is no operation " + std::string{operation});
  auto kind = kind_of(tables, *found);
  std::vector<Candidate> out;
  for (const auto& name : names_of(*found, defaults, options.economy)) {
    auto* model = tables.model(name);
    if (!model)
      return fail(Errc::invalid, "the model " + name + " is not in the table of models");
    if (model->kind != kind)
      return fail(Errc::invalid, "the model " + name + " is of the wrong kind for " + found->name);
    if (!options.images || model->image_tokens_max > 0)
      out.push_back(candidate(*model, *found));
  }
  if (out.empty())
    return fail(Errc::invalid, "no model of " + found->name + " sees images");
  return out;
}

}  // namespace jobraker::llm
