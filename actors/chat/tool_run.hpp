#pragma once

#include <string>

#include "actors/chat/chat_services.hpp"
#include "messages/task.hpp"

namespace jobraker::chat {

/// One call of a function that may run: known, checked, and agreed to where that is needed.
struct ToolRequest {
  std::string name{};
  std::string arguments{};     ///< canonical JSON
  bool changes = false;        ///< keyed by its content, at most once
  std::string effect_scope{};  ///< conversation and question it belongs to
};

/// Runs a function for the context's principal; the result is JSON. What changes something runs as
/// an effect keyed by scope, name and arguments: after a crash or in another attempt of the turn
/// its stored outcome is answered, and it is not run again.
task<Result<std::string>> run_tool(Services& services, Context context, ToolRequest request);

}  // namespace jobraker::chat
