#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/chat_facts.hpp"
#include "tools/sandbox/chat_reading.hpp"
#include "tools/sandbox/openai_answer.hpp"

namespace jobraker::sandbox {

/// One function that a question asks for.
struct PlannedCall {
  std::string tool;
  std::string arguments;
  std::size_t ordinal = 0;    ///< 1 for "the first": needs the results of a call before it
  std::string clause{};       ///< what was said about it
  std::string wanted_time{};  ///< of a slot: the one that begins so is meant
};

/// What a question asks of these functions, in its order. A sentence asks for one; what is joined
/// by "and" or "then" asks for several. Names are compared without case and underscores. Other
/// functions than a job assistant's are found by the words of their names and descriptions.
std::vector<PlannedCall> plan_calls(std::string_view question, const std::vector<ChatTool>& tools,
                                    std::chrono::sys_days today);

/// What is to be called now: the plan without what was called since the question was asked, and
/// without what still lacks results. `earlier` results serve "apply to the first one" in a question
/// that follows a search.
std::vector<PlannedCall> next_calls(const Reading& reading, const std::vector<ChatTool>& tools,
                                    std::chrono::sys_days today);

}  // namespace jobraker::sandbox
