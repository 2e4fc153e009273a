#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

/// What the gateway to language models knows as data: which operations there are
/// (`operations.toml`), which models, what they can and what they cost (`models.toml`).
namespace jobraker {

/// Who waits for an answer: a person, a run, or the night's work.
enum class Priority : std::uint8_t { interactive, batch, night };

/// One line of the table of operations.
struct Operation {
  std::string name{};
  std::string model{};  ///< a model, `default` or `default_embedding` (the configuration's)
  std::vector<std::string> fallbacks{};  ///< models (or `default`), in the order to try them
  std::string economy{};                 ///< tried first when a budget runs low; may be empty
  std::int64_t max_tokens = 0;           ///< of the answer; 0 where there is none (embed, moderate)
  std::optional<double> temperature{};
  std::string schema{};          ///< file in config/prompts; empty: free text
  std::string prompt{};          ///< file in config/prompts; empty: no system prompt
  std::string prompt_version{};  ///< goes up with every change of prompt or schema
  Priority priority = Priority::interactive;
  std::chrono::milliseconds timeout{0};   ///< of one attempt
  std::chrono::milliseconds deadline{0};  ///< of all attempts, waiting included
  bool cacheable = false;
  std::chrono::seconds cache_for{0};
  bool vision = false;  ///< a request may carry images
};

enum class ModelProvider : std::uint8_t { openai, anthropic };
enum class ModelKind : std::uint8_t { chat, embedding, moderation };

/// What tokens cost, in whole nano-dollars (1e-9 USD) each; 0.075 USD per million are 75.
struct TokenPrice {
  std::int64_t input = 0;
  std::int64_t cached = 0;       ///< input read from the provider's cache
  std::int64_t cache_write = 0;  ///< input written to it; same as `input` where nothing is said
  std::int64_t output = 0;
  bool operator==(const TokenPrice&) const = default;
};

/// A list price from its first day on, UTC, until the next one begins.
struct Price {
  std::chrono::sys_days from{};
  TokenPrice tokens{};
  /// A call with more input tokens than `long_above` costs `long_tokens`, as a whole. 0: no such
  /// rule.
  std::int64_t long_above = 0;
  TokenPrice long_tokens{};
};

/// What one model can and costs.
struct ModelInfo {
  std::string name{};
  ModelProvider provider = ModelProvider::openai;
  ModelKind kind = ModelKind::chat;
  std::int64_t context_tokens = 0;
  std::int64_t output_tokens_max = 0;  ///< 0 for embedding and moderation
  std::int64_t image_tokens_max = 0;   ///< upper bound for one image; 0: takes none
  std::int64_t overhead_tokens = 0;    ///< upper bound of what the provider adds to a request
  // The dialect; messages/model.hpp says what each means.
  bool completion_tokens = false;
  bool temperature = true;
  bool legacy_functions = false;
  bool continuous_usage = false;
  std::string reasoning_effort{};
  std::int64_t requests_per_minute = 0;             ///< until the provider says better; 0: no limit
  std::int64_t tokens_per_minute = 0;               ///< as above
  std::optional<std::chrono::sys_days> shutdown{};  ///< announced last day
  std::vector<Price> prices{};                      ///< oldest first, never empty
};

/// Both tables, by name.
struct LlmTables {
  std::map<std::string, Operation, std::less<>> operations{};
  std::map<std::string, ModelInfo, std::less<>> models{};

  /// Null when there is no such operation.
  const Operation* operation(std::string_view name) const;
  /// Null when there is no such model: its price is unknown, so it must not be called.
  const ModelInfo* model(std::string_view name) const;
};

/// Reads both tables (TOML) into `tables`, which is left alone when there is a problem. Unknown
/// keys, missing ones, values out of bounds, a price that is not a whole number of nano-dollars per
/// token, a model nobody knows or of the wrong kind, and a prompt or schema that is not compiled in
/// are problems.
ConfigProblem read_llm_tables(std::string_view operations_text, std::string_view models_text,
                              LlmTables& tables);

/// Adds the models of an operator's own file to `tables`, replacing those of the same name; the
/// rules are those of `read_llm_tables`.
ConfigProblem add_models(std::string_view models_text, LlmTables& tables);

/// The tables that are compiled in.
ConfigProblem read_embedded_llm_tables(LlmTables& tables);

/// The compiled-in file of config/prompts with this name, e.g. `chat.md`; empty when there is none.
std::string_view prompt_text(std::string_view file);

/// The compiled-in `tools.json`: the functions a chat model may call, with the JSON Schema of their
/// parameters and whether the user is asked first.
std::string_view tools_text();

}  // namespace jobraker
