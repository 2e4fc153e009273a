#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"

/// What is asked of a language model and what it answers, in nobody's wire form:
/// `net/client/openai` and `net/client/anthropic` translate. Text is UTF-8; tokens are the
/// provider's own count.
namespace jobraker {

enum class ModelRole : std::uint8_t { system, user, assistant, tool };
template <>
inline constexpr std::string_view enum_names<ModelRole>[] = {"system", "user", "assistant", "tool"};

/// A picture in a message, as its bytes.
struct ModelImage {
  std::string media_type{};  ///< image/png, image/jpeg or image/webp
  std::string bytes{};
};

/// A function the model wants called. `arguments` is what it wrote: usually JSON, never trusted.
struct ToolCall {
  std::string id{};
  std::string name{};
  std::string arguments{};
  bool operator==(const ToolCall&) const = default;
};

/// One entry of the conversation as the model sees it.
struct ModelMessage {
  ModelRole role = ModelRole::user;
  std::string text{};
  std::vector<ModelImage> images{};    ///< of a user's message only
  std::vector<ToolCall> tool_calls{};  ///< of an assistant's message only
  std::string tool_call_id{};          ///< of a tool's message: which call it answers
  std::string name{};                  ///< of a tool's message: the function's name
};

/// A function the model may call; `parameters` is its JSON Schema.
struct ToolSpec {
  std::string name{};
  std::string description{};
  std::string parameters{};
};

/// How one model wants its parameters (facts differ by generation, so they are data).
struct ModelDialect {
  bool completion_tokens = false;  ///< `max_completion_tokens` instead of `max_tokens` (OpenAI)
  bool temperature = true;         ///< takes one at all
  bool legacy_functions = false;   ///< `functions`/`function_call` instead of `tools`
  bool continuous_usage =
    false;  ///< asks for usage with every chunk (vLLM), so that a cut stream's cost is known
  std::string reasoning_effort{};  ///< sent when not empty
};

/// One call of a model.
struct ModelRequest {
  std::string model{};
  ModelDialect dialect{};
  std::vector<ModelMessage> messages{};  ///< system messages first
  std::vector<ToolSpec> tools{};
  std::string schema_name{};  ///< with `schema`: the answer must be JSON by it
  std::string schema{};
  std::int64_t max_tokens = 0;
  std::optional<double> temperature{};
  bool stream = false;
  std::string safety_id{};  ///< a hash that stands for the person; never a name or an id of ours
};

enum class FinishReason : std::uint8_t { stop, length, tool_calls, content_filter, unknown };
template <>
inline constexpr std::string_view enum_names<FinishReason>[] = {"stop", "length", "tool_calls",
                                                                "content_filter", "unknown"};

/// Tokens of one call. `cached` is a part of `input`, whatever the provider's way of counting.
struct TokenUsage {
  std::int64_t input = 0;
  std::int64_t cached = 0;
  std::int64_t output = 0;
  bool operator==(const TokenUsage&) const = default;
};

/// What a model said.
struct ModelReply {
  std::string text{};
  std::vector<ToolCall> tool_calls{};
  std::string refusal{};
  FinishReason finish = FinishReason::unknown;
  std::string model{};                ///< as the provider names it (a dated snapshot)
  std::optional<TokenUsage> usage{};  ///< absent when the provider said nothing
};

/// What a moderation service said of one text.
struct ModerationVerdict {
  bool flagged = false;
  std::vector<std::string> categories{};  ///< those that are true
};

}  // namespace jobraker
