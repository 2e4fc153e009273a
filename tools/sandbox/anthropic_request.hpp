#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "tools/sandbox/anthropic_error.hpp"
#include "tools/sandbox/openai_request.hpp"

namespace jobraker::sandbox {

/// Reads and checks a body of POST /v1/messages. The request comes out in OpenAI's shape: `system`
/// becomes a system message, each `tool_result` a message of its own. `version` is the header
/// `anthropic-version`: 2026-10-21 takes no `temperature`, `top_p` and `top_k`, no `document` of
/// the assistant and no `citations` of the user, which 2023-06-01 does.
tl::expected<ChatRequest, AnthropicError> read_messages(std::string_view body,
                                                        std::string_view version);

/// Whether the service speaks that version.
bool is_anthropic_version(std::string_view version);

/// Whether the service still has a model of that name.
bool is_anthropic_model(std::string_view name);

}  // namespace jobraker::sandbox
