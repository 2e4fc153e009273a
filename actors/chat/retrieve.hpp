#pragma once

#include <string>
#include <vector>

#include "actors/chat/chat_services.hpp"
#include "actors/chat/core/fuse.hpp"
#include "messages/task.hpp"

namespace jobraker::chat {

/// What an answer to `question` may rest on: postings, articles, company profiles and the person's
/// own earlier turns, found by vector and by words, fused, best first, within the configured number
/// and tokens; what `known` names (ids of messages that the prompt holds anyway) is left out. Never
/// fails: a search that does not work is left out, and logged.
task<std::vector<RetrievedSource>> retrieve(Services& services, Context context,
                                            std::string question, std::vector<std::string> known);

}  // namespace jobraker::chat
