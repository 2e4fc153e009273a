#pragma once

#include <string>
#include <string_view>

#include "net/http/message.hpp"
#include "tools/sandbox/openai_error.hpp"

namespace jobraker::sandbox {

/// An error as Anthropic words it: `{"type":"error","error":{"type","message"},"request_id"}`.
struct AnthropicError {
  int status = 400;
  std::string message;
  std::string type = "invalid_request_error";
};

net::Response to_anthropic(const AnthropicError& error, std::string_view request_id);
/// The error's JSON body.
std::string to_json(const AnthropicError& error, std::string_view request_id);
/// What the service says by default with this status (429, 500, 529, …).
AnthropicError usual_anthropic_error(int status);
/// The type that goes with a status.
std::string_view anthropic_type(int status) noexcept;

}  // namespace jobraker::sandbox
