#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "messages/json.hpp"
#include "tools/sandbox/image.hpp"
#include "tools/sandbox/openai_error.hpp"
#include "tools/sandbox/usage.hpp"

namespace jobraker::sandbox {

/// One message of a conversation; content parts are joined. What Anthropic puts into blocks is
/// spread over messages as OpenAI has them (`tool` for each result).
struct ChatMessage {
  std::string role;
  std::string text;
  std::string name;  ///< of the function that a `function` message answers
  std::string tool_call_id;
  std::vector<std::string> tool_call_ids;    ///< asked for by an assistant message
  std::vector<std::string> tool_call_names;  ///< the same order; alone for `function_call`
  std::vector<ChatImage> images;
  std::string picture_text;  ///< what stands in them; a part of `text` once they are read
};

/// A function the model may call.
struct ChatTool {
  std::string name;
  std::string description;
  json::View parameters;
};

enum class ToolChoice { none, automatic, required, named };
enum class Format { text, object, schema };

/// A checked request for a completion, OpenAI's or Anthropic's. The views live as long as
/// `document`.
struct ChatRequest {
  std::shared_ptr<json::Document> document;
  std::string model;
  std::vector<ChatMessage> messages;
  bool stream = false;
  bool include_usage = false;
  bool continuous_usage = false;  ///< usage with every chunk, as vLLM offers it
  std::int64_t n = 1;
  std::optional<std::int64_t> max_tokens;
  std::vector<std::string> stop;
  Format format = Format::text;
  std::string schema_name;
  json::View schema;
  std::vector<ChatTool> tools;
  ToolChoice choice = ToolChoice::automatic;
  std::string chosen_tool;
  bool parallel = true;
  bool legacy = false;  ///< `functions` instead of `tools`
  PromptMeter prompt;
};

/// Reads and checks a body of POST /v1/chat/completions.
tl::expected<ChatRequest, OpenAiError> read_chat(std::string_view body);

/// The models the sandbox knows.
const std::vector<std::string_view>& model_names();
/// Whether a name is one of them, with or without a date.
bool is_chat_model(std::string_view name);
bool is_embedding_model(std::string_view name);
/// Models that take only `max_completion_tokens` and no temperature.
bool is_reasoning_model(std::string_view name);
/// The dated name that answers carry.
std::string snapshot_of(std::string_view name);

}  // namespace jobraker::sandbox
