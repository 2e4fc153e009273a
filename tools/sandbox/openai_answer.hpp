#pragma once

#include <string>
#include <vector>

#include "tools/sandbox/openai_request.hpp"
#include "tools/sandbox/postings.hpp"

namespace jobraker::sandbox {

/// A function call the model asks for.
struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;
  std::size_t head_tokens = 0;  ///< what the call costs beside its arguments
};

/// One choice of a completion.
struct ChatChoice {
  std::string content;
  std::vector<ToolCall> calls;
  std::string finish_reason = "stop";
  std::string stop_hit{};  ///< the stop sequence that ended it
  std::size_t tokens = 0;
};

/// The choices the rules make of a request; all `n` are alike, but for the ids of calls.
/// `postings` is what free chat talks about.
std::vector<ChatChoice> answer_chat(const ChatRequest& request, const PostingStore& postings);

/// The functions a text asks for, best first: words of names, descriptions and parameters that it
/// uses.
std::vector<const ChatTool*> tools_for(const std::vector<ChatTool>& tools, std::string_view text);

/// Sets what a choice costs: its text, its calls' arguments, and eight tokens and the name of each.
void count_choice(ChatChoice& choice);

}  // namespace jobraker::sandbox
