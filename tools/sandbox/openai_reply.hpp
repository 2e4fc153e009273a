#pragma once

#include <string>
#include <vector>

#include "tools/sandbox/openai_answer.hpp"
#include "tools/sandbox/stream.hpp"
#include "tools/sandbox/usage.hpp"

namespace jobraker::sandbox {

/// What all parts of one completion share.
struct ReplyFrame {
  std::string id;     ///< chatcmpl-…
  std::string model;  ///< the dated name
  std::int64_t created = 0;
  Usage usage;  ///< of the whole answer
};

/// The whole completion as one JSON object.
std::string whole_reply(const ReplyFrame& frame, const ChatRequest& request,
                        const std::vector<ChatChoice>& choices);

/// The completion as server-sent events, one for each token, in the documented order: role, content
/// or call fragments, finish reason, usage when asked for, `[DONE]`.
StreamScript streamed_reply(const ReplyFrame& frame, const ChatRequest& request,
                            const std::vector<ChatChoice>& choices);

/// Tokens of all choices together.
std::size_t completion_tokens(const std::vector<ChatChoice>& choices);

}  // namespace jobraker::sandbox
