#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/llm_tables.hpp"
#include "messages/model.hpp"
#include "messages/result.hpp"

namespace jobraker::llm {

/// The models that `default` and `default_embedding` stand for (`llm.model`,
/// `llm.embedding_model`).
struct DefaultModels {
  std::string chat{};
  std::string embedding{};
};

/// One model to try, with what the request to it must look like.
struct Candidate {
  const ModelInfo* model = nullptr;  ///< lives as long as the tables
  ModelDialect dialect{};
  std::int64_t max_tokens = 0;          ///< the operation's, at most what the model can
  std::optional<double> temperature{};  ///< none for a model that takes none
};

/// What depends on the single call.
struct ResolveOptions {
  bool economy = false;  ///< a budget is nearly used up: the economy model comes first
  bool images = false;   ///< only models that see
};

/// The models to try for an operation, in order, each once; never empty. Errc::not_found: no such
/// operation. Errc::invalid: a model the table does not know or of the wrong kind stands for a
/// default, or no model of the operation sees images. A fall-back that does not see is left out.
Result<std::vector<Candidate>> resolve(const LlmTables& tables, const DefaultModels& defaults,
                                       std::string_view operation,
                                       const ResolveOptions& options = {});

/// How this model wants its parameters.
ModelDialect dialect_of(const ModelInfo& model);

}  // namespace jobraker::llm
