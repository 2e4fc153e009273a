#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http/message.hpp"

namespace jobraker::sandbox {

/// An error as OpenAI words it: `{"error":{"message","type","param","code"}}`.
struct OpenAiError {
  int status = 400;
  std::string message;
  std::string param;  ///< empty: null
  std::string code;   ///< empty: null
  std::string type = "invalid_request_error";
  /// e.g. `retry-after`
  std::vector<std::pair<std::string, std::string>> headers{};
};

net::Response to_response(const OpenAiError& error);
/// The error's JSON body.
std::string to_json(const OpenAiError& error);
/// What the service says by default with this status (429, 500, 503, …).
OpenAiError usual_error(int status);

}  // namespace jobraker::sandbox
