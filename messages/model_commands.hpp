#pragma once

#include <string>
#include <vector>

#include "messages/fields.hpp"
#include "messages/matching.hpp"

namespace jobraker {

/// Asks a language model for JSON by a schema.
struct AskModel {
  static constexpr auto type_name = "AskModel";
  std::string operation{};  ///< `parse_cv`, `score_jobs`: names prompt, schema and log line
  std::string user{};       ///< the user message
  static constexpr auto fields() { return std::tuple{}; }
};

/// What the model said. `text` is whatever it said: the caller checks it against the schema.
struct ModelAnswer {
  static constexpr auto type_name = "ModelAnswer";
  std::string text{};
  std::string model{};
  std::int64_t tokens_in = 0;
  std::int64_t tokens_out = 0;
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for the similarity vectors of texts, any number of them; no text may be empty.
struct EmbedTexts {
  static constexpr auto type_name = "EmbedTexts";
  std::vector<std::string> texts{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Unit vectors of `embedding_dimensions`, one a text, in order.
struct Embeddings {
  static constexpr auto type_name = "Embeddings";
  std::vector<Embedding> vectors{};
  static constexpr auto fields() { return std::tuple{}; }
};

}  // namespace jobraker
