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
};

/// One choice of a completion.
struct ChatChoice {
  std::string content;
  std::vector<ToolCall> calls;
  std::string finish_reason = "stop";
  std::size_t tokens = 0;
};

/// The choices the rules make of a request; all `n` are alike, but for the ids of calls.
/// `postings` is what free chat and tool summaries talk about.
std::vector<ChatChoice> answer_chat(const ChatRequest& request,
                                    const std::vector<PostingPtr>& postings);

/// The functions a text asks for, best first: words of names, descriptions and parameters that it
/// uses.
std::vector<const ChatTool*> tools_for(const std::vector<ChatTool>& tools, std::string_view text);

/// A short, deterministic answer about jobs to what a person wrote.
std::string free_chat(std::string_view text, std::string_view system,
                      const std::vector<PostingPtr>& postings);

/// What is said of the results of function calls.
std::string summarise_results(const std::vector<ChatMessage>& messages);

}  // namespace jobraker::sandbox
